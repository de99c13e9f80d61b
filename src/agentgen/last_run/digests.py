"""Notes with digests: of what had just been changed when the note was taken."""

import hashlib
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path

from agentgen.last_run.note import (
    END,
    FIELDS,
    FOLDER,
    SLACK_NS,
    SOURCES,
    STARTED_NS,
    newest,
    signature,
)

AT_A_TIME = 5000
"""Fields of a note that are joined and written; all of them are a large part of a run's memory."""

MOST_NOTES = 200
"""Kept for one user; the oldest go first."""


def settle(fields: list[bytes], first: int, stirred: Iterable[int] = ()) -> None:
    """Drop the digests of what is old by now, of the paths that begin at field `first`.

    The `stirred` folders, by the fields that each begins at, get the times that they have now.
    """
    now = time.time_ns()
    for at in stirred:
        found = os.stat(fields[at + 1])  # noqa: PTH116 - names of bytes
        if newest(found) < STARTED_NS - SLACK_NS:
            fields[at + 2], fields[at + 3] = signature(found), b""
    for at in range(first, len(fields), FIELDS):
        if fields[at + 3]:
            modified, changed, *_ = (fields[at + 2] or b"0 0").split()
            if max(int(modified), int(changed)) < now - SLACK_NS:
                fields[at + 3] = b""


def has_its_digest(fields: list[bytes], at: int) -> bool:
    """Say whether the path whose fields begin there has the content, or names, that it had."""
    return digest_of(fields[at], fields[at + 1]) == fields[at + 3]


def has_its_names(fields: list[bytes], at: int) -> bool:
    """Say whether a folder of sources is one still, with the same sources and folders in it."""
    name = fields[at + 1]
    if os.path.islink(name):  # noqa: PTH114 - whose folders are not looked into
        return False
    with os.scandir(name) as entries:
        found = [os.fsdecode(each.name) for each in entries if counts(each)]
    return digest_of_names(found) == fields[at + FIELDS - 1]


def counts(entry: "os.DirEntry[bytes]") -> bool:
    """Say whether something in a folder of sources is a source, or may hold some."""
    return not entry.name.startswith(b".") and (entry.name.endswith(b".md") or entry.is_dir())


def digest_of_names(names: Iterable[str]) -> bytes:
    """Return what a note says of a folder of sources, by the names in it that count."""
    return SOURCES + digest(b"\0".join(sorted(map(os.fsencode, names))))


def digest_of(kind: bytes, name: bytes) -> bytes:
    """Return the digest of a file's content, or of the names in a folder."""
    if kind == FOLDER:
        return digest(b"\0".join(sorted(os.listdir(name))))  # noqa: PTH208 - names of bytes
    return digest(Path(os.fsdecode(name)).read_bytes())


def digest(data: bytes) -> bytes:
    """Return the digest of a content."""
    return hashlib.sha256(data).hexdigest().encode()


def write(path: str, fields: Iterable[bytes]) -> None:
    """Write a note, whole, where only this user can; what cannot be written is not missed."""
    note = Path(path)
    with suppress(OSError):
        note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = note.with_name(f"{note.name}.{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            rest = iter(fields)
            while some := list(islice(rest, AT_A_TIME)):
                file.write(b"\0".join(some) + END[:1])
            file.write(END[1:])
        temporary.replace(note)
        notes = sorted(note.parent.iterdir(), key=lambda each: each.stat().st_mtime_ns)
        for old in notes[:-MOST_NOTES]:
            old.unlink(missing_ok=True)
