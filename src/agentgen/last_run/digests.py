"""Notes with digests: of what had just been changed when the note was taken."""

import hashlib
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from agentgen.last_run.note import END, FIELDS, FOLDER, SLACK_NS

MOST_NOTES = 200
"""Kept for one user; the oldest go first."""


def settle(fields: list[bytes], first: int) -> None:
    """Drop the digests of what is old by now, of the paths that begin at field `first`."""
    now = time.time_ns()
    for at in range(first, len(fields), FIELDS):
        if fields[at + 3]:
            modified, changed, *_ = (fields[at + 2] or b"0 0").split()
            if max(int(modified), int(changed)) < now - SLACK_NS:
                fields[at + 3] = b""


def has_its_digest(fields: list[bytes], at: int) -> bool:
    """Say whether the path whose fields begin there has the content, or names, that it had."""
    return digest_of(fields[at], fields[at + 1]) == fields[at + 3]


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
            file.writelines(field + END[:1] for field in fields)  # whole, it is large
            file.write(END[1:])
        temporary.replace(note)
        notes = sorted(note.parent.iterdir(), key=lambda each: each.stat().st_mtime_ns)
        for old in notes[:-MOST_NOTES]:
            old.unlink(missing_ok=True)
