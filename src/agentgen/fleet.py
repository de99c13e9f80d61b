"""Many projects for one library: which schemas a glob means, where each project's agents go.

A project is named after its schema, by the path from the folder that the glob starts from. Names
alone decide which shard a project is in, so that machines need no word with each other.
"""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from agentgen.diagnostics import AgentgenError, Diagnostic, Source, fail, quoted
from agentgen.frozen import Frozen
from agentgen.paths import real_path
from agentgen.patterns import pattern

_SHARD = pattern(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})")
_PLACE = pattern(r"\{([^{}]*)\}")
_PLACES = ("dir", "name", "stem")


class Shard(Frozen):
    """The `number`-th (from 1) of `count` slices of a fleet."""

    number: int = 1
    count: int = 1

    def holds(self, name: str) -> bool:
        """Say whether a project belongs to this slice; each belongs to exactly one of all."""
        import hashlib  # few runs are of a fleet

        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8]) % self.count == self.number - 1


class Member(Frozen):
    """A project of a fleet: its name, which is the path of its schema, and where its agents go."""

    name: str
    output: str


def parse_shard(text: str) -> Shard:
    """Return the shard that `K/N` means; raise `AgentgenError` for anything else."""
    match = _SHARD.fullmatch(text)
    if match is None or int(match[1]) > int(match[2]):
        help = "write `1/4` to `4/4` for four of them"
        raise fail("invalid-option", f"{quoted(text)} is not a shard", help=help)
    return Shard(int(match[1]), int(match[2]))


def find_members(directory: Path, pattern: str, output: str, shard: Shard) -> tuple[Member, ...]:
    """Return the projects of a shard whose schemas match a glob, sorted by name.

    `output` may hold `{dir}`, the folder of the schema, and `{name}` and `{stem}`, the names of
    that folder and of the schema without its suffix. Raises `AgentgenError` where nothing matches,
    for other braces, and where two projects, of this shard or another, would be written to one
    folder.
    """
    for place in _PLACE.findall(output):
        if place not in _PLACES:
            known = ", ".join(quoted(f"{{{each}}}") for each in _PLACES)
            message = f"there is no {quoted(f'{{{place}}}')} for an output"
            raise fail("invalid-option", message, help=f"there are {known}")
    import glob

    found = glob.glob(pattern, root_dir=directory, recursive=True)  # noqa: PTH207
    names = sorted(_name(directory, each) for each in found if (directory / each).is_file())
    if not names:
        raise fail("missing-file", f"no file matches {quoted(pattern)}")
    members = [Member(name, _place(output, PurePosixPath(name))) for name in names]
    if problems := list(_meetings(directory, members)):
        raise AgentgenError(problems)
    return tuple(member for member in members if shard.holds(member.name))


def _name(directory: Path, path: str) -> str:
    """Return the name of a schema, which is the same wherever the folder lies that holds both."""
    found, above = Path(path), directory.absolute()
    return (found.relative_to(above) if found.is_relative_to(above) else found).as_posix()


def _place(output: str, schema: PurePosixPath) -> str:
    values = {"dir": str(schema.parent), "name": schema.parent.name, "stem": schema.stem}
    return _PLACE.sub(lambda match: values[match[1]], output)


def _meetings(directory: Path, members: Iterable[Member]) -> Iterable[Diagnostic]:
    first: dict[Path, Member] = {}
    for member in members:
        other = first.setdefault(real_path(directory / member.output), member)
        if other is not member:
            message = f"this project and {quoted(other.name)} would both be written to "
            if Path(member.output) == Path(other.output):
                help = "write `{dir}` into `--output`, the folder of each schema"
            else:
                help = f"that is {quoted(other.output)}: let the glob match only one of them"
            place = Source(member.name, "").whole()
            yield Diagnostic("artifact-clash", message + quoted(member.output), place, help=help)
