"""Takes the note by which the next run can tell what it has to do (see `last_run`).

Better no note than a wrong one: there is none where anything that was read may have changed since
the run began, or cannot be told apart from what could.
"""

import os
import stat
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from agentgen import manifest, shipped
from agentgen.delivery import Delivery, Wanted
from agentgen.diagnostics import Diagnostic, Severity
from agentgen.drift import Action, Change
from agentgen.folders import SUFFIX
from agentgen.frozen import replace
from agentgen.last_run import digests
from agentgen.last_run.note import (
    ABSENT,
    AGENT,
    FILE,
    FOLDER,
    OUTPUT,
    OWN,
    SLACK_NS,
    STARTED_NS,
    TEXT,
    THERE,
    identity,
    may_be_skipped,
    newest,
    note_path,
    signature,
)
from agentgen.loader import SCHEMA_FOLDER, Request
from agentgen.model import Document
from agentgen.paths import name_of, real_path
from agentgen.rendering import Sought
from agentgen.report.changes import Report, done_summary
from agentgen.report.text import inert
from agentgen.settings import OWN_FILE, SHARED_FILE, Found

TICK_NS = 20_000_000
"""How coarse the times of a file system with fractions of seconds can be."""

_PACKAGES = ("site-packages", "dist-packages")

Record = tuple[bytes, bytes, bytes, bytes, bytes]


class Unsure(Exception):
    """Something may have changed while the run was going on."""


def take(wanted: Wanted, delivery: Delivery, report: Report, *, quiet: bool) -> None:
    """Note a run of this process's arguments that found nothing to say about a project.

    Where there can be no note, nothing happens.
    """
    arguments = sys.argv[1:]
    kept = [change for change in report.changes if change.action is not Action.REMOVE]
    is_fine = kept and goes_without_saying(report.diagnostics) and not delivery.is_all_disabled
    if not is_fine or not may_be_skipped(arguments) or (path := note_path(arguments)) is None:
        return
    try:
        records = [*_read(wanted.request, delivery), *left(delivery.root, kept)]
        records += (
            probed(path, was_there=was_there) for path, was_there in delivery.probed.items()
        )
    except (Unsure, OSError, ValueError):
        return
    head = [*identity(arguments), b"" if quiet else os.fsencode(_line(report, kept))]
    places: dict[bytes, int] = {}
    for at, record in enumerate(records):
        places.setdefault(record[1], at)
    parts = _parts(wanted, delivery, places)
    fields = (field for *others, part in records for field in (*others, parts.get(others[1], part)))
    digests.write(path, chain(head, fields))


def goes_without_saying(diagnostics: Iterable[Diagnostic]) -> bool:
    """Say whether nobody hears of these who has not asked for more."""
    return all(found.severity is Severity.NOTE for found in diagnostics)


def _line(report: Report, kept: list[Change]) -> str:
    """Return what a run says that finds everything as it is now."""
    unchanged = tuple(replace(change, action=Action.KEEP, drift=None) for change in kept)
    text = done_summary([replace(report, changes=unchanged)])
    return inert(text, len(text) * 10 + 1)


def _read(request: Request, delivery: Delivery) -> Iterator[Record]:
    yield from _agentgen()
    yield from _settings(request, delivery.loaded.found)
    markdown: set[Path] = set()
    for folder in delivery.sources:
        yield from _folder(folder, markdown)
    yield from _folder(delivery.loaded.found.root / SCHEMA_FOLDER, None)
    inputs = set(delivery.loaded.inputs)
    for path in {*inputs, shipped.project_json_schema()} - markdown:
        yield was_there(path)
    if not markdown <= inputs:
        raise Unsure


def _agentgen() -> Iterator[Record]:
    """Yield what changes with the version of agentgen, or of any library that it uses."""
    installed = [Path(each) for each in sys.path if each.endswith(_PACKAGES)]
    for folder in installed:
        yield was_there(folder, FOLDER)
    package = Path(__file__).parent
    if package.parent not in installed:  # a checkout, where somebody works on it
        for module in package.rglob("*.py"):
            yield was_there(module)


def _settings(request: Request, found: Found) -> Iterator[Record]:
    directory = real_path(request.directory)
    for folder in (directory, *directory.parents):
        for name in (OWN_FILE, SHARED_FILE):
            yield _was_there_or_not(folder / name)
        if found.file is not None and found.file.parent == folder:
            return


def _folder(folder: Path, markdown: set[Path] | None) -> Iterator[Record]:
    """Yield the records of a folder and all below it, of sources if their files are collected."""
    if not folder.exists():
        yield _was_there_or_not(folder)
        return
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        if markdown is None:
            yield was_there(Path(parent), FOLDER)
            continue
        sources = [name for name in files if name.endswith(SUFFIX) and not name.startswith(".")]
        yield was_there(Path(parent), FOLDER, digests.digest_of_names([*folders, *sources]))
        for name in sources:
            markdown.add(Path(parent, name))
            yield was_there(Path(parent, name))


def _was_there_or_not(path: Path) -> Record:
    try:
        return was_there(path)
    except FileNotFoundError:
        if os.path.lexists(path):
            raise Unsure from None
        return ABSENT, name_of(path), b"", b"", b""


def was_there(path: Path, kind: bytes = FILE, part: bytes = b"") -> Record:
    """Return the record of what was there before the run, and is as it was then.

    Raises `Unsure` where that cannot be told, and `OSError`.
    """
    found = path.stat()
    changed = newest(found)
    has_fractions = changed % 1_000_000_000 != 0
    if changed >= STARTED_NS - (TICK_NS if has_fractions else SLACK_NS):
        raise Unsure
    if not (stat.S_ISDIR if kind == FOLDER else stat.S_ISREG)(found.st_mode):
        raise Unsure  # a pipe would be waited for
    name, is_old = name_of(path), changed < time.time_ns() - SLACK_NS
    return kind, name, signature(found), b"" if is_old else digests.digest_of(kind, name), part


def left(root: Path, kept: Iterable[Change]) -> Iterator[Record]:
    """Yield the records of the files that a run leaves, and of folders that may become links.

    Raises `Unsure` where one may have been changed since, and `OSError`.
    """
    parents = {parent for change in kept for parent in change.path.parents if parent.parts}
    yield from ((OWN, name_of(root / parent), b"", b"", b"") for parent in sorted(parents))
    for change in kept:
        path = root / change.path
        if change.action is Action.KEEP:
            yield was_there(path, part=OUTPUT)
            continue
        found, data = path.stat(), change.new or b""
        if found.st_size != len(data):
            raise Unsure
        yield FILE, name_of(path), signature(found), digests.digest(data), OUTPUT
    path = root / manifest.NAME
    found = path.stat()
    yield FILE, name_of(path), signature(found), digests.digest_of(FILE, name_of(path)), b""


def probed(path: Path, *, was_there: bool) -> Record:
    """Return the record of a path of which only this counts: whether anything is there.

    Raises `Unsure` where that has changed.
    """
    if was_there != (path.exists() if was_there else os.path.lexists(path)):
        raise Unsure
    return THERE if was_there else ABSENT, name_of(path), b"", b"", b""


def _parts(wanted: Wanted, delivery: Delivery, places: Mapping[bytes, int]) -> dict[bytes, bytes]:
    """Return what each source is to the project, by the names and places of the note's records."""
    project = delivery.loaded.project
    agents = {str(agent.document.name) for agent in project.agents}
    names = {name: name_of(document.path) for name, document in project.documents.items()}
    letters = {name: AGENT if name in agents else TEXT for name in names}
    if wanted.request.agents or any(target.is_one_file for target in delivery.targets):
        return {names[name]: letter for name, letter in letters.items()}
    rendered = [str(agent.document.name) for agent in delivery.loaded.selected]
    rendered += (str(prompt.document.name) for prompt in project.prompts)
    disabled = agents.difference(rendered)
    again = reached_from(rendered, delivery.sought)
    return {
        names[name]: letters[name]
        if name in disabled
        else part_of(letters[name], document, (places[names[each]] for each in again.get(name, ())))
        for name, document in project.documents.items()
    }


def part_of(letter: bytes, document: Document, again: Iterable[int]) -> bytes:
    """Return what a text is to a project, with what to render again when its body changes."""
    return b" ".join([letter, digest_of_head(document), *(b"%d" % at for at in sorted(again))])


def digest_of_head(document: Document) -> bytes:
    """Return the digest of all that stands above the body of a document."""
    return digests.digest(document.source.text[: document.body].encode())


def reached_from(names: Iterable[str], sought: Sought) -> dict[str, set[str]]:
    """Return, for each template, those of `names` that are made with it: itself, or by includes."""
    includes: defaultdict[str, set[str]] = defaultdict(set)
    for (_, parent), full in sought.items():
        if full is not None:
            includes[parent].add(full)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        todo = [name]
        while todo:
            each = todo.pop()
            if name not in found[each]:
                found[each].add(name)
                todo += includes.get(each, ())
    return found
