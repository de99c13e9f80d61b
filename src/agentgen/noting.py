"""Takes the note by which the next run can tell that it would do nothing (see `last_run`).

Better no note than a wrong one: there is none where anything that was read may have changed since
the run began, or cannot be told apart from what could.
"""

import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from agentgen import manifest, shipped
from agentgen.delivery import Delivery, Wanted
from agentgen.drift import Action, Change
from agentgen.folders import SUFFIX
from agentgen.frozen import replace
from agentgen.last_run import digests
from agentgen.last_run.note import (
    ABSENT,
    FILE,
    FOLDER,
    OWN,
    SLACK_NS,
    STARTED_NS,
    THERE,
    identity,
    may_be_skipped,
    newest,
    note_path,
    signature,
)
from agentgen.loader import SCHEMA_FOLDER, Request
from agentgen.paths import real_path
from agentgen.report.changes import Report, done_summary
from agentgen.report.text import inert
from agentgen.settings import OWN_FILE, SHARED_FILE, Found

TICK_NS = 20_000_000
"""How coarse the times of a file system with fractions of seconds can be."""

_PACKAGES = ("site-packages", "dist-packages")

Record = tuple[bytes, bytes, bytes, bytes]


class _Unsure(Exception):
    """Something may have changed while the run was going on."""


def take(wanted: Wanted, delivery: Delivery, report: Report, *, quiet: bool) -> None:
    """Note a run of this process's arguments that found nothing to say about a project.

    Where there can be no note, nothing happens.
    """
    arguments = sys.argv[1:]
    kept = [change for change in report.changes if change.action is not Action.REMOVE]
    is_fine = kept and not report.diagnostics and not delivery.is_all_disabled
    if not is_fine or not may_be_skipped(arguments) or (path := note_path(arguments)) is None:
        return
    try:
        records = [*_read(wanted.request, delivery), *_left(delivery.root, kept)]
        records += (
            _probed(path, was_there=was_there) for path, was_there in delivery.probed.items()
        )
    except (_Unsure, OSError, ValueError):
        return
    head = [*identity(arguments), b"" if quiet else os.fsencode(_line(report, kept))]
    digests.write(path, [*head, *(field for record in records for field in record)])


def _line(report: Report, kept: list[Change]) -> str:
    """Return what a run says that finds everything as it is now."""
    unchanged = tuple(replace(change, action=Action.KEEP, drift=None) for change in kept)
    text = done_summary([replace(report, changes=unchanged)])
    return inert(text, len(text) * 10 + 1)


def _read(request: Request, delivery: Delivery) -> Iterator[Record]:
    yield from _agentgen()
    yield from _settings(request, delivery.found)
    markdown: set[Path] = set()
    for folder in delivery.sources:
        yield from _folder(folder, markdown)
    yield from _folder(delivery.found.root / SCHEMA_FOLDER, set())
    for path in {*delivery.inputs, shipped.project_json_schema()} - markdown:
        yield _was_there(FILE, path)
    if not markdown <= set(delivery.inputs):
        raise _Unsure


def _agentgen() -> Iterator[Record]:
    """Yield what changes with the version of agentgen, or of any library that it uses."""
    installed = [Path(each) for each in sys.path if each.endswith(_PACKAGES)]
    for folder in installed:
        yield _was_there(FOLDER, folder)
    package = Path(__file__).parent
    if package.parent not in installed:  # a checkout, where somebody works on it
        for module in package.rglob("*.py"):
            yield _was_there(FILE, module)


def _settings(request: Request, found: Found) -> Iterator[Record]:
    directory = real_path(request.directory)
    for folder in (directory, *directory.parents):
        for name in (OWN_FILE, SHARED_FILE):
            yield _was_there_or_not(folder / name)
        if found.file is not None and found.file.parent == folder:
            return


def _folder(folder: Path, markdown: set[Path]) -> Iterator[Record]:
    """Yield the records of a folder of sources, with all below it; collect its Markdown files."""
    if not folder.exists():
        yield _was_there_or_not(folder)
        return
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield _was_there(FOLDER, Path(parent))
        for name in files:
            if name.endswith(SUFFIX) and not name.startswith("."):
                markdown.add(Path(parent, name))
                yield _was_there(FILE, Path(parent, name))


def _was_there_or_not(path: Path) -> Record:
    try:
        return _was_there(FILE, path)
    except FileNotFoundError:
        if os.path.lexists(path):
            raise _Unsure from None
        return ABSENT, _name(path), b"", b""


def _was_there(kind: bytes, path: Path) -> Record:
    """Return the record of what was there before the run, and is as it was then."""
    found = path.stat()
    changed = newest(found)
    has_fractions = changed % 1_000_000_000 != 0
    if changed >= STARTED_NS - (TICK_NS if has_fractions else SLACK_NS):
        raise _Unsure
    if stat.S_ISDIR(found.st_mode) != (kind == FOLDER):
        raise _Unsure
    name, is_old = _name(path), changed < time.time_ns() - SLACK_NS
    return kind, name, signature(found), b"" if is_old else digests.digest_of(kind, name)


def _left(root: Path, kept: Iterable[Change]) -> Iterator[Record]:
    """Yield the records of the files that a run leaves, and of folders that may become links."""
    parents = {parent for change in kept for parent in change.path.parents if parent.parts}
    yield from ((OWN, _name(root / parent), b"", b"") for parent in sorted(parents))
    for change in kept:
        path = root / change.path
        if change.action is Action.KEEP:
            yield _was_there(FILE, path)
            continue
        found, data = path.stat(), change.new or b""
        if found.st_size != len(data):
            raise _Unsure
        yield FILE, _name(path), signature(found), digests.digest(data)
    path = root / manifest.NAME
    found = path.stat()
    yield FILE, _name(path), signature(found), digests.digest_of(FILE, _name(path))


def _probed(path: Path, *, was_there: bool) -> Record:
    """Return the record of a path of which only this counts: whether anything is there."""
    if was_there != (path.exists() if was_there else os.path.lexists(path)):
        raise _Unsure
    return THERE if was_there else ABSENT, _name(path), b"", b""


def _name(path: Path) -> bytes:
    return os.fsencode(path.absolute())
