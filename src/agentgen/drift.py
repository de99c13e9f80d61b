"""What a run would do, and why: artifacts, the manifest and the disk become changes. Pure.

Every file that a run judges is one `Change`. Its drift says how the disk differs from the render,
its action what `render` does about it; where there is no drift, `render` has nothing to do.
"""

import enum
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agentgen.diagnostics import quoted
from agentgen.frozen import Frozen, field, replace
from agentgen.keeping import Kept, Store, Text, bytes_of
from agentgen.manifest import NAME, Entry, Manifest, as_bytes, digest, normal

if TYPE_CHECKING:
    from agentgen.model import Artifact


class Drift(enum.StrEnum):
    """How a file differs from the render.

    It is not there; the sources have moved on; a person changed it; nothing produces it any more.
    """

    MISSING = "missing"
    STALE = "stale"
    EDITED = "edited"
    ORPHANED = "orphaned"


class Action(enum.StrEnum):
    """What a run does about a file; one that is refused keeps all others from being written."""

    WRITE = "write"
    KEEP = "keep"
    REMOVE = "remove"
    REFUSE = "refuse"


class OnDisk(Frozen):
    """What is found at a path: bytes, or nothing, or something else (`a link`) there or above.

    What `is_unreadable` may be anything.
    """

    kept: bytes | Kept | None = field(default=None, repr=False)
    obstacle: str | None = None
    obstacle_path: PurePosixPath | None = None
    is_unreadable: bool = False

    @property
    def data(self) -> bytes | None:
        """The bytes that are there, wherever they lie now."""
        return self.kept.data if isinstance(self.kept, Kept) else self.kept


NOTHING = OnDisk()

Look = Callable[[PurePosixPath], OnDisk]
"""Takes a path below the output root, and says what is there."""


class Change(Frozen):
    """A file below the output root, and what a run does about it.

    `entry` is what the manifest holds of it when the run is over, `was` what it held before.
    `found` is what is on disk and `kept` the text that belongs there; neither is there where they
    are equal.
    """

    path: PurePosixPath
    action: Action
    drift: Drift | None = None
    reason: str | None = None
    entry: Entry | None = None
    was: Entry | None = None
    found: OnDisk = NOTHING
    kept: Text | None = field(default=None, repr=False)

    @property
    def new(self) -> bytes | None:
        """What belongs there, as a file holds it."""
        return None if self.kept is None else bytes_of(self.kept)

    @property
    def source(self) -> str:
        """The source that the file is rendered from, or was."""
        entry = self.entry or self.was
        return entry.source if entry else ""

    @property
    def target(self) -> str:
        """The target that the file is rendered for, or was."""
        entry = self.entry or self.was
        return entry.target if entry else ""


def _anywhere(_entry: Entry) -> bool:
    return True


class Scope(Frozen):
    """What a run judges beyond its own artifacts: `orphans` of `targets` (None: of all).

    `is_fine` says whether an artifact could have been written where it is said to be; one that
    could not is forgotten, and not removed, whatever the manifest says.
    """

    orphans: bool = False
    targets: frozenset[str] | None = None
    is_fine: Callable[[Entry], bool] = _anywhere

    def holds(self, entry: Entry) -> bool:
        """Say whether the run would have produced the artifact, if anything still did."""
        return self.orphans and (self.targets is None or entry.target in self.targets)


class Plan(Frozen):
    """All changes of a run, sorted by path, and the manifest before and after it."""

    changes: tuple[Change, ...]
    before: Manifest
    after: Manifest

    def of_manifest(self, found: OnDisk) -> Change | None:
        """Return what becomes of the manifest itself, of which `found` is on disk."""
        if self.before == self.after:
            return None
        drift = Drift.MISSING if found.data is None else Drift.STALE
        new = as_bytes(self.after).decode()
        return Change(PurePosixPath(NAME), Action.WRITE, drift, found=found, kept=new)

    def of(self, action: Action) -> tuple[Change, ...]:
        """Return the changes with an action."""
        return tuple(change for change in self.changes if change.action is action)


def make_plan(
    artifacts: "Iterable[Artifact]",
    manifest: Manifest,
    look: Look,
    scope: Scope,
    *,
    force: bool = False,
) -> Plan:
    """Return what a run over these artifacts does.

    With `force` it also overwrites what a person changed, and removes it where nothing produces it.
    """
    store = Store()
    judged = (_change(artifact, manifest, look, force=force) for artifact in artifacts)
    changes = [_put_away(change, store) for change in judged]
    produced = {str(change.path) for change in changes}
    orphans = [
        entry
        for path, entry in manifest.entries.items()
        if path not in produced and scope.holds(entry)
    ]
    left = _orphans(orphans, look, scope.is_fine, force=force)
    changes += (_put_away(change, store) for change in left)
    gone = {entry.path for entry in orphans} - {
        str(change.path) for change in changes if change.action is Action.KEEP and change.entry
    }
    after = manifest.updated((change.entry for change in changes if change.entry), gone)
    changes.sort(key=lambda change: change.path.as_posix())
    return Plan(tuple(changes), manifest, after)


def _change(artifact: "Artifact", manifest: Manifest, look: Look, *, force: bool) -> Change:
    new = bytes_of(artifact.kept)
    known = manifest.entries.get(str(artifact.path))
    entry = Entry(str(artifact.path), digest(new), artifact.origin, artifact.target, None)
    found, kept = look(artifact.path), artifact.kept
    if found.data is None and found.obstacle is None:
        drift = Drift.MISSING
        return Change(artifact.path, Action.WRITE, drift, None, entry, known, found, kept)
    reason = _in_the_way(found)
    change = Change(artifact.path, Action.WRITE, None, reason, entry, known, found, kept)
    if found.data is None:
        return replace(change, action=Action.REFUSE, drift=Drift.EDITED)
    if found.data == new:
        return replace(change, action=Action.KEEP, found=NOTHING, kept=None)
    if normal(found.data) == normal(new):
        action = Action.WRITE if force else Action.KEEP
        return replace(change, action=action, reason=_slight_difference(found.data, new))
    if known is not None and known.is_of(digest(found.data)):
        return replace(change, drift=Drift.STALE)
    action = Action.WRITE if force else Action.REFUSE
    reason = None if known else "agentgen did not write it"
    return replace(change, action=action, drift=Drift.EDITED, reason=reason)


def _put_away(change: Change, store: Store) -> Change:
    """Return a change that holds what is on disk in a store: only a diff shows it."""
    if change.found.data is None:
        return change
    found = replace(change.found, kept=store.keep_bytes(change.found.data))
    return replace(change, found=found)


def _in_the_way(found: OnDisk) -> str | None:
    if found.obstacle is None:
        return None
    if found.obstacle_path is None:
        return f"it is {found.obstacle}"
    above = quoted(found.obstacle_path) if found.obstacle_path.parts else "the output root"
    return f"{above} is {found.obstacle}"


def _slight_difference(old: bytes, new: bytes) -> str:
    """Return in what two texts differ that have one normal form."""
    if old.startswith(b"\xef\xbb\xbf"):
        return "it begins with a byte order mark"
    if b"\r\n" in old and b"\r\n" not in new:
        return "its lines end in CRLF"
    return "it ends in another number of newlines"


def _orphans(
    entries: Iterable[Entry], look: Look, is_fine: Callable[[Entry], bool], *, force: bool
) -> Iterator[Change]:
    """Yield what becomes of files that nothing produces; one that is gone needs no word."""
    for entry in entries:
        path = PurePosixPath(entry.path)
        found = look(path)
        reason = _in_the_way(found)
        if found.data is not None and not entry.is_of(digest(found.data)):
            reason = "it was edited"
        change = Change(path, Action.REMOVE, Drift.ORPHANED, reason, was=entry, found=found)
        if found.data is not None and not is_fine(entry):
            yield replace(change, action=Action.KEEP, reason="no target writes there")
        elif found.is_unreadable:
            yield replace(change, action=Action.REFUSE)
        elif found.obstacle is not None or (reason is not None and not force):
            yield replace(change, action=Action.KEEP, entry=entry)
        elif found.data is not None:
            yield change
