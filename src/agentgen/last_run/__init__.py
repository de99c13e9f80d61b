"""What has changed since the last run: told from its note, before anything is imported.

A run that left every file as it should be notes what it was asked, and each path that it looked at
with the times, the size and the number that the file system has for it. The next run that is asked
the same looks at these paths again. Where none differs, it has nothing to do; where nothing but
texts differ, it may do with these (see `touched`); where another path differs in anything, it does
its work as if there were no note. The times of what was changed just before the note was taken
prove nothing, for a file can change twice within one tick of the clock: such a path is noted with
a digest as well.

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

_ASKED = {
    ABSENT: (os.path.lexists, False),
    THERE: (os.path.exists, True),
    OWN: (os.path.islink, False),
}
"""What is asked of paths of which only this counts, and what the answer must be."""

MOST_CHANGED = 100
"""Texts; of more, a whole run finds out as fast."""


class Seen:
    """A note that still holds, but for the `changed` paths, by the field that each begins at.

    `path` is where it lies, and its paths begin at the field `first`.
    """

    def __init__(self, path: str, fields: list[bytes], first: int, changed: list[int]) -> None:
        self.path = path
        self.fields = fields
        self.first = first
        self.changed = changed


def look(arguments: list[str]) -> Seen | None:
    """Return what a run with these arguments has to look at; None where it is everything."""
    if not may_be_skipped(arguments) or (path := note_path(arguments)) is None:
        return None
    try:
        fields = read(path).split(b"\0")
        head = identity(arguments)
        first = len(head) + 1
        if fields[: first - 1] != head:
            return None
        changed = _changed(path, fields, first)
        if changed is None or len(changed) > MOST_CHANGED:
            return None
        return Seen(path, fields, first, changed)
    except (OSError, ValueError):
        return None


def finish(seen: Seen) -> bool:
    """Say the line of a run of which nothing has changed; return whether that could be done."""
    try:
        if said := os.fsdecode(seen.fields[seen.first - 1]):
            sys.stderr.write(said + "\n")
    except (OSError, ValueError, AttributeError):
        return False
    return True


def _changed(path: str, fields: list[bytes], first: int) -> list[int] | None:
    """Return which texts of a note are not as they were; None where anything else is not."""
    changed = []
    with_digest = []
    stat = os.stat
    at = first
    for kind, name, was, digest, part in zip(*[iter(fields[first:])] * FIELDS, strict=True):
        if kind in _ASKED:
            ask, answer = _ASKED[kind]
            if ask(name) != answer:
                return None
        elif signature(stat(name)) != was:
            if b" " not in part:
                return None
            changed.append(at)
        elif digest:
            with_digest.append(at)
        at += FIELDS
    return _with_digests(path, fields, first, with_digest, changed) if with_digest else changed


def _with_digests(
    path: str, fields: list[bytes], first: int, among: list[int], changed: list[int]
) -> list[int] | None:
    """Return also those of `among` that have another content; None where one is no text."""
    from agentgen.last_run.digests import has_its_digest, settle, write

    others = [at for at in among if not has_its_digest(fields, at)]
    if any(b" " not in fields[at + FIELDS - 1] for at in others):
        return None
    if not changed and not others:
        settle(fields, first)
        write(path, fields)
    return [*changed, *others]
