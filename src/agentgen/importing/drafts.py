"""Originals of one name become one draft of a source, or a clash."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from agentgen.diagnostics import Diagnostic, Location, Note, quoted
from agentgen.file_names import folded
from agentgen.frozen import Frozen, field
from agentgen.importing.originals import Original
from agentgen.importing.translating import read_keys
from agentgen.targets import TARGETS
from agentgen.targets.slugs import slug

RULE = "import-clash"


class Draft(Frozen):
    """A source to be made: its path in a library, the originals that agree on it, and its text.

    `bodies` are those of the originals with links as a source has them.
    """

    path: PurePosixPath
    originals: tuple[Original, ...]
    bodies: tuple[str, ...] = field(repr=False)

    @property
    def body(self) -> str:
        """What all originals have, but for newlines at the end."""
        return self.bodies[0]


def path_of(original: Original) -> PurePosixPath:
    """Return the path in a library of the source for an original."""
    return PurePosixPath(original.role, f"{original.stem}.md")


def drafts(
    originals: Sequence[Original], bodies: Mapping[int, str], prefer: str | None
) -> tuple[list[Draft], list[Diagnostic]]:
    """Return a draft for each name, and an error for each name under which texts differ.

    `bodies` are those of originals by their ids. Of texts that differ, those of the target `prefer`
    are taken, if it has one.
    """
    groups: dict[tuple[str, str], list[Original]] = {}
    for original in originals:
        groups.setdefault((original.role, folded(original.stem)), []).append(original)
    made: list[Draft] = []
    clashes: list[Diagnostic] = []
    for group in groups.values():
        chosen = list(_distinct(group, bodies))
        if prefer and len({_key(each, bodies) for each in chosen}) > 1:
            chosen = [each for each in chosen if each.origin.target.name == prefer] or chosen
        found = list(_clashes(chosen, bodies))
        clashes += found
        if not found:
            texts = tuple(bodies[id(each)] for each in chosen)
            made.append(Draft(path_of(chosen[0]), tuple(chosen), texts))
    clashes += _same_names(made)
    return made, clashes


def _distinct(group: Iterable[Original], bodies: Mapping[int, str]) -> Iterator[Original]:
    """Yield the originals in the order of targets, each that says something else."""
    seen: list[tuple[str, str, dict[str, object]]] = []
    order = list(TARGETS)
    for each in sorted(group, key=lambda one: order.index(one.origin.target.name)):
        said = (each.origin.target.name, _key(each, bodies), each.keys)
        if said not in seen:
            seen.append(said)
            yield each


def _key(original: Original, bodies: Mapping[int, str]) -> str:
    return bodies[id(original)].strip("\n")


def _clashes(group: Sequence[Original], bodies: Mapping[int, str]) -> Iterator[Diagnostic]:
    first = group[0]
    targets = {first.origin.target.name}
    for other in group[1:]:
        name = other.origin.target.name
        if name in targets or "markdown" in (name, first.origin.target.name):
            yield _clash(first, other, "are two things", "import them one by one, or rename one")
        elif _key(other, bodies) != _key(first, bodies):
            help = f"`--prefer {first.origin.target.name}` or `--prefer {name}` takes one of them"
            yield _clash(first, other, "differ in their text", help)
        targets.add(name)


def _clash(first: Original, other: Original, how: str, help: str) -> Diagnostic:
    message = f"{quoted(str(path_of(other)))} would be made of two files that {how}"
    note = Note("the other one is", _place(first))
    return Diagnostic(RULE, message, _place(other), notes=(note,), help=help)


def _place(original: Original) -> Location:
    return original.part.place


def _same_names(made: Iterable[Draft]) -> Iterator[Diagnostic]:
    """Yield an error for each agent whose name is another one's to the client of both."""
    taken: dict[tuple[str, str], Original] = {}
    for draft in made:
        for each in draft.originals:
            if each.origin.is_prompt:
                continue
            name = read_keys(each).get("name", each.stem) if each.origin.target.native else None
            key = (each.origin.target.name, slug(str(name)) or str(name))
            first = taken.setdefault(key, each)
            if name and first is not each:
                message = f"{quoted(str(name))} is the name of two agents"
                note = Note("the other one is", _place(first))
                help = f"{each.origin.target.title} loads one of them; rename or remove the other"
                yield Diagnostic(RULE, message, _place(each), notes=(note,), help=help)
