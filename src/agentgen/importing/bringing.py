"""What `agentgen import` does: paths in, new files of the project out. Nothing is written here."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from agentgen import creator
from agentgen.creator import NewFile
from agentgen.diagnostics import (
    AgentgenError,
    Diagnostic,
    Edit,
    Severity,
    Source,
    Span,
    fail,
    has_errors,
    ordered,
    quoted,
)
from agentgen.folders import Folders
from agentgen.frozen import Frozen, field
from agentgen.importing.checking import Made, check
from agentgen.importing.drafts import Draft, drafts
from agentgen.importing.literal import literal_body, literal_data, literal_value
from agentgen.importing.originals import Original, Taken, take
from agentgen.importing.packs import Pack, PackFile, open_pack
from agentgen.importing.places import Origin, origin_of, plain_origin, plugin_roots
from agentgen.importing.relinking import Surroundings, index, relinked
from agentgen.importing.translating import translate_back
from agentgen.modes import Whitespace
from agentgen.paths import ShownPath
from agentgen.settings import Found, find_settings
from agentgen.source import flow, front_matter_text, read_front_matter
from agentgen.source.edits import edited_text
from agentgen.source.nodes import scalars
from agentgen.targets import TARGETS, Target
from agentgen.workers import Workers


class Wish(Frozen):
    """What is asked for: paths, and the project that they are to become sources of.

    `target` is the client of files whose path tells none; with it, other clients' files are left
    out. `prefer` is the client whose text counts. With `fix`, mistakes with one right answer are
    mended. With `keep_going`, what cannot be imported is left out.
    """

    paths: tuple[Path, ...]
    directory: Path
    target: Target | None = None
    prefer: str | None = None
    fix: bool = False
    keep_going: bool = False


class Brought(Frozen):
    """The sources that are new, and what there is to say about all that was looked at.

    `root` is the folder that they all lie in. `failed` are errors about files that were left out,
    and `mended` is what was fixed.
    """

    made: tuple[Made, ...]
    root: Path
    diagnostics: tuple[Diagnostic, ...] = field(default=(), repr=False)
    failed: tuple[Diagnostic, ...] = field(default=(), repr=False)
    mended: tuple[Diagnostic, ...] = field(default=(), repr=False)


def bring(wish: Wish, workers: Workers) -> Brought:
    """Return the sources that files of clients become.

    Raises `AgentgenError` where there is nothing to import, and unless it is to keep going for
    every file that cannot be, and every two that would be one source.
    """
    shown = ShownPath(Path.cwd())
    found = find_settings(wish.directory, shown)
    said: list[Diagnostic] = []
    failed: list[Diagnostic] = []
    taken: list[Taken] = []
    for pack in [open_pack(path, shown) for path in wish.paths]:
        said += pack.diagnostics
        for file, origin in _chosen(pack, wish.target):
            try:
                taken.append(take(file, origin, fix=wish.fix))
            except AgentgenError as error:
                failed += error.diagnostics
        said += _companions(pack, taken)
    originals = [original for each in taken for original in each.originals]
    said += (found for each in taken for found in each.diagnostics)
    if not originals and not failed:
        _nothing(wish, said)
    sources = index(originals)
    around = _surroundings(found)
    bodies, spans = relinked(originals, sources, around, workers)
    made_drafts, clashes = drafts(originals, bodies, wish.prefer)
    failed += clashes
    if has_errors(failed) and not wish.keep_going:
        raise AgentgenError([*failed, *said])
    clashing = {each.location.path for each in clashes if each.location}
    made = []
    for draft in made_drafts:
        if not any(each.part.place.path in clashing for each in draft.originals):
            one, notes = _made(draft, found, shown)
            made.append(one)
            said += notes
    root = _folders(found).root
    said += check(made, found, root, sources, spans, around, workers)
    mended = tuple(one for each in taken for one in each.mended)
    made.sort(key=lambda each: each.shown)
    return Brought(tuple(made), root, ordered(said), ordered(failed), mended)


def deliver(brought: Brought, *, write: bool) -> None:
    """Write the new sources, or only see that they can be.

    Raises `AgentgenError` where something is in the place of one: none is written then.
    """
    files = {
        NewFile(PurePosixPath(each.path.relative_to(brought.root)), each.text.encode()): each
        for each in brought.made
    }
    new = {each.path for each in creator.missing(files, brought.root)}
    if taken := [made for file, made in files.items() if file.path not in new]:
        raise AgentgenError([*map(_taken, taken), *brought.failed])
    if write:
        creator.create(files, brought.root)


def _taken(made: Made) -> Diagnostic:
    place = Source(made.shown, "").whole()
    message = "this file is there already, and is not overwritten"
    return Diagnostic(creator.RULE, message, place, help="move it away, or rename one of the two")


def _nothing(wish: Wish, said: Iterable[Diagnostic]) -> None:
    paths = ", ".join(quoted(str(path)) for path in wish.paths)
    help = "name the file, or say with `-t` which client's format the files there have"
    error = fail("missing-file", f"there is no agent to import in {paths}", help=help)
    raise AgentgenError([*error.diagnostics, *said])


def _chosen(pack: Pack, target: Target | None) -> Iterator[tuple[PackFile, Origin]]:
    """Yield the files of a pack that are to be imported; those that tell nothing by themselves."""
    plugins = plugin_roots(pack.others)
    known = [(file, origin_of(file.path, plugins)) for file in pack.files]
    told = [
        (file, origin)
        for file, origin in known
        if origin is not None and (target is None or origin.target is target)
    ]
    if told:
        yield from told
        return
    plain = target or TARGETS["markdown"]
    for file, origin in known:
        if file.path.name.endswith(plain.agents.suffix) and (origin is None or file.is_named):
            yield file, plain_origin(file.path, plain)


def _companions(pack: Pack, taken: Iterable[Taken]) -> Iterator[Diagnostic]:
    """Yield a warning for each skill that has more files, which no source can hold."""
    for original in (one for each in taken for one in each.originals):
        if original.origin.target.agents.in_folders and not original.origin.is_prompt:
            folder = original.path.parent
            paths = [*pack.others, *(file.path for file in pack.files)]
            count = sum(path.is_relative_to(folder) for path in paths) - 1
            if count > 0:
                files = "1 file" if count == 1 else f"{count:,} files"
                message = f"{files} beside this skill cannot be part of a source"
                place, severity = original.part.place, Severity.WARNING
                yield Diagnostic("lost-by-import", message, place, severity)


def _folders(found: Found) -> Folders:
    settings = found.settings
    names = (settings.agents, settings.prompts, settings.partials)
    return Folders(*(Path(os.path.normpath(found.root / name)) for name in names))


def _surroundings(found: Found) -> Surroundings:
    folders, root = _folders(found), found.root
    agents, prompts = (
        PurePosixPath(Path(os.path.relpath(each, root)).as_posix())
        for each in (folders.agents, folders.prompts)
    )
    return Surroundings(root, agents, prompts)


def _made(draft: Draft, found: Found, shown: ShownPath) -> tuple[Made, Sequence[Diagnostic]]:
    role, name = draft.path.parts
    folders = _folders(found)
    path = (folders.agents if role == "agents" else folders.prompts) / name
    is_tidy = found.settings.whitespace is Whitespace.TIDY
    body = literal_body(draft.body.rstrip("\n"), is_tidy=is_tidy)
    first = draft.originals[0]
    if first.origin.target.native is None:
        return Made(draft, path, shown(path), f"{_head(first)}{body}\n"), ()
    translated = translate_back(draft.originals, found.settings)
    data = literal_data(translated.data)
    assert isinstance(data, dict)  # noqa: S101 - as it was
    text = front_matter_text(data, f"{body}\n" if body else "")
    return Made(draft, path, shown(path), text), translated.diagnostics


def _head(original: Original) -> str:
    """Return front matter as it was written, with braces in values that would be templates."""
    matter = read_front_matter(original.source)
    if matter is None:
        return ""
    text = original.source.text
    edits = []
    for scalar in scalars(matter.mapping):
        literal = literal_value(scalar.text)
        if not scalar.plain and literal != scalar.text:
            is_block = text[scalar.start] in "|>"
            new = flow(literal) + ("\n" if is_block else "")
            edits.append(Edit(Span(scalar.start, scalar.end), new))
    return edited_text(text[: matter.body], edits)
