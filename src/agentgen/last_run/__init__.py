"""Whether a run would do nothing: told from a note of the last one, before anything is imported.

A run that left every file as it should be notes what it was asked, and each path that it looked at
with the times, the size and the number that the file system has for it. The next run that is asked
the same looks at these paths again; where one differs in anything, it does its work as if there
were no note. The times of what was changed just before the note was taken prove nothing, for a file
can change twice within one tick of the clock: such a path is noted with a digest as well.

A note lies in the user's own cache folder and never in the project, which may be a stranger's. It
is believed only where nobody else could have written it.
"""

import os
import sys

from agentgen.last_run.note import (
    ABSENT,
    FIELDS,
    OWN,
    THERE,
    identity,
    may_be_skipped,
    note_path,
    read,
    signature,
)


def would_do_nothing(arguments: list[str]) -> bool:
    """Say whether a run with these arguments leaves everything as it is; if so, say its line."""
    if not may_be_skipped(arguments) or (path := note_path(arguments)) is None:
        return False
    try:
        fields = read(path).split(b"\0")
        head = identity(arguments)
        first = len(head) + 1
        if fields[: first - 1] != head or not _is_unchanged(fields, first, path):
            return False
        if said := os.fsdecode(fields[first - 1]):
            sys.stderr.write(said + "\n")
    except (OSError, ValueError, AttributeError):
        return False
    return True


def _is_unchanged(fields: list[bytes], first: int, path: str) -> bool:
    """Say whether every path of a note is as it was."""
    with_digest = []
    unwanted = {ABSENT: os.path.lexists, OWN: os.path.islink}
    stat = os.stat
    for kind, name, was, digest in zip(*[iter(fields[first:])] * FIELDS, strict=True):
        if kind in unwanted:
            if unwanted[kind](name):
                return False
        elif kind == THERE:
            if not os.path.exists(name):  # noqa: PTH110 - as long as this takes, nothing else may
                return False
        elif signature(stat(name)) != was:
            return False
        elif digest:
            with_digest.append((kind, name, digest))
    return not with_digest or _has_digests(with_digest, first, path)


def _has_digests(of: list[tuple[bytes, bytes, bytes]], first: int, path: str) -> bool:
    from agentgen.last_run.digests import digest_of, settle

    if any(digest_of(kind, name) != digest for kind, name, digest in of):
        return False
    settle(path, first)
    return True
