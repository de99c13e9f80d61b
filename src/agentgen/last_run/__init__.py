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
    SOURCES,
    THERE,
    identity,
    may_be_skipped,
    note_path,
    read,
    signature,
)

TYPE_CHECKING = False  # as `typing` has it, which would be a third of this
if TYPE_CHECKING:
    from collections.abc import Callable

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

    `path` is where it lies, and its paths begin at the field `first`. `stirred` are folders of
    sources with other times and the same names.
    """

    def __init__(self, path: str, fields: list[bytes], first: int) -> None:
        self.path = path
        self.fields = fields
        self.first = first
        self.changed: list[int] = []
        self.stirred: list[int] = []

    def takes(self, at: int, part: bytes, on_change: "Callable[[], None]") -> bool:
        """Take up a path that has other times; say whether a part of a run may be enough for it."""
        if b" " in part:
            self.changed.append(at)
            if len(self.changed) == 1:
                on_change()
        elif part.startswith(SOURCES):
            self.stirred.append(at)
        else:
            return False
        return True


def look(arguments: list[str], on_change: "Callable[[], None]" = lambda: None) -> Seen | None:
    """Return what a run with these arguments has to look at; None where it is everything.

    `on_change` is called as soon as there is something to do at all.
    """
    if not may_be_skipped(arguments) or (path := note_path(arguments)) is None:
        return None
    try:
        fields = read(path).split(b"\0")
        head = identity(arguments)
        first = len(head) + 1
        if fields[: first - 1] != head:
            return None
        seen = Seen(path, fields, first)
        return seen if _holds(seen, on_change) and len(seen.changed) <= MOST_CHANGED else None
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


def _holds(seen: Seen, on_change: "Callable[[], None]") -> bool:
    """Find what is not as a note has it; say whether that is no more than texts and times."""
    with_digest = []
    stat = os.stat
    fields = seen.fields
    at = seen.first
    for kind, name, was, digest, part in zip(*[iter(fields[at:])] * FIELDS, strict=True):
        if kind in _ASKED:
            ask, answer = _ASKED[kind]
            if ask(name) != answer:
                return False
        elif signature(stat(name)) != was:
            if not seen.takes(at, part, on_change):
                return False
        elif digest:
            with_digest.append(at)
        at += FIELDS
    return not (with_digest or seen.stirred) or _has_contents(seen, with_digest)


def _has_contents(seen: Seen, with_digest: list[int]) -> bool:
    """Look at the contents of paths whose times prove nothing, and at the names in folders."""
    from agentgen.last_run.digests import has_its_digest, has_its_names, settle, write

    fields = seen.fields
    others = [at for at in with_digest if not has_its_digest(fields, at)]
    if any(b" " not in fields[at + FIELDS - 1] for at in others):
        return False
    if not all(has_its_names(fields, at) for at in seen.stirred):
        return False
    seen.changed += others
    if not seen.changed:
        settle(fields, seen.first, seen.stirred)
        write(seen.path, fields)
    return True
