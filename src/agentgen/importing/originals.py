"""A client's file becomes originals: what is to be rendered again from the sources to be made."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from agentgen.diagnostics import (
    BYTE_ORDER_MARK,
    AgentgenError,
    Diagnostic,
    Note,
    Severity,
    Source,
    fail,
)
from agentgen.file_names import bad_name
from agentgen.frozen import Frozen, field, replace
from agentgen.importing.packs import PackFile
from agentgen.importing.places import Origin
from agentgen.source import decode
from agentgen.source.edits import edited_text
from agentgen.source.front_matter import misplaced_fence
from agentgen.targets.reading import Keys, Part, split_front_matter, text
from agentgen.targets.slugs import slug

MOST_ROUNDS = 20
"""Mistakes that are mended in one file, one after the other."""

NO_AGENTS = frozenset({"readme", "agents", "claude", "gemini", "contributing", "changelog"})
"""Stems of files that lie among agents and are none."""

_MENDABLE = Note("`agentgen import --fix` mends this on the way in")


class Original(Frozen):
    """One agent or prompt of a client: its keys, its text, and where it stands.

    `path` is that of its file, and `stem` names its source. `source` is the file's text as it was
    read, with what was mended in it.
    """

    origin: Origin
    path: PurePosixPath
    stem: str
    part: Part = field(repr=False)
    source: Source = field(repr=False)

    @property
    def keys(self) -> Keys:
        """What the client reads above the text."""
        return self.part.keys

    @property
    def role(self) -> str:
        """The folder of its source."""
        return "prompts" if self.origin.is_prompt else "agents"

    @property
    def links_from(self) -> PurePosixPath:
        """The folder that its relative links start from."""
        is_from_root = self.origin.target.links_from_root and not self.origin.is_prompt
        return self.origin.root if is_from_root else self.path.parent


class Taken(Frozen):
    """The originals of a file, and what there is to say about it; `mended` was fixed in it."""

    originals: tuple[Original, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    mended: tuple[Diagnostic, ...] = ()


def take(file: PackFile, origin: Origin, *, fix: bool) -> Taken:
    """Read a file that may hold agents.

    Among those found by looking, files that are no agents are left out with a word. Raises
    `AgentgenError` for a file that cannot be read, or whose front matter is wrong; with `fix`, not
    where there is one right answer.
    """
    if not file.is_named and _is_no_agent(origin):
        return Taken(diagnostics=(_left_out(file, "this file has a name that no agent has"),))
    read = decode(file.read(), file.shown)
    mended: list[Diagnostic] = []
    source = _mended(read.source, origin, mended) if fix else read.source
    try:
        parts = _split(source, origin)
    except AgentgenError as error:
        raise AgentgenError(map(_with_cure, error.diagnostics)) from None
    if not source.text.strip():
        raise fail("empty-file", "this file is empty", source.whole())
    if not fix and (found := _misplaced(source, origin)) is not None:
        raise AgentgenError([_with_cure(found)])
    if not (parts[0].has_keys if parts else True) and not (file.is_named or origin.is_prompt):
        return Taken(
            diagnostics=(
                _left_out(file, "this file has no front matter, and is taken for no agent"),
            )
        )
    originals = tuple(_original(file, origin, part, source) for part in parts)
    if not all(each.stem for each in originals):
        message = "no name for a source can be made of this name"
        raise fail("illegal-name", message, source.whole(), help="rename it")
    return Taken(originals, (), tuple(mended))


def _is_no_agent(origin: Origin) -> bool:
    return (
        not origin.is_prompt
        and not origin.target.agents.in_folders
        and (origin.stem.lower() in NO_AGENTS)
    )


def _left_out(file: PackFile, why: str) -> Diagnostic:
    place = Source(file.shown, "").whole()
    return Diagnostic(
        "not-imported",
        f"{why}, and is not imported",
        place,
        Severity.NOTE,
        help="name it to have it",
    )


def _original(file: PackFile, origin: Origin, part: Part, source: Source) -> Original:
    stem = origin.stem
    if origin.target.is_one_file and not origin.is_prompt:
        stem = text(part.keys.get("slug")) or stem
    return Original(origin, file.path, _fine(stem), part, source)


def _fine(stem: str) -> str:
    """Return a stem as a source can have it: a name for every system, and none of a partial."""
    plain = stem.lstrip("_. ")
    return plain if plain and bad_name(f"{plain}.md") is None else slug(stem)


def _split(source: Source, origin: Origin) -> list[Part]:
    native = origin.target.native
    if native is None or origin.is_prompt:
        return split_front_matter(source)
    return native.split(source)


def _mended(source: Source, origin: Origin, mended: list[Diagnostic]) -> Source:
    """Return a source in which what has one right answer is fixed, and say what that was."""
    for _ in range(MOST_ROUNDS):
        found = _fixable(source, origin)
        if found is None:
            return source
        mended.append(found)
        source = Source(source.path, edited_text(source.text, found.edits))
    return source


def _fixable(source: Source, origin: Origin) -> Diagnostic | None:
    if (misplaced := _misplaced(source, origin)) is not None:
        return misplaced
    try:
        _split(source, origin)
    except AgentgenError as error:
        return next(_with_edits(error.diagnostics), None)
    return None


def _with_edits(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    for each in found:
        if each.edits and all(edit.span != BYTE_ORDER_MARK for edit in each.edits):
            yield each


def _misplaced(source: Source, origin: Origin) -> Diagnostic | None:
    """Return what to say of a first line that was meant to open front matter, if there is one."""
    if origin.target.agents.suffix in (".toml", ".roomodes") and not origin.is_prompt:
        return None
    fence = misplaced_fence(source)
    if fence is None or not fence.edits:
        return None
    message = "this is taken as text, not as front matter"
    place = source.at(fence.offset, fence.offset + 3)
    help = "front matter begins on the first line, with a line of exactly `---`"
    return Diagnostic("invalid-front-matter", message, place, help=help, edits=fence.edits)


def _with_cure(found: Diagnostic) -> Diagnostic:
    return replace(found, notes=(*found.notes, _MENDABLE)) if found.edits else found
