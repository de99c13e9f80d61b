"""Artifacts reach the disk: each whole, only where something changed, and never through a link.

Every new file is complete on disk under a temporary name before the first takes its place, so that
whatever stops a run leaves each file old or new, and the next run finishes the work. The manifest
is written before them, with what is old and what is new, and again when all is done: a file that a
run has written is never taken for one that a person changed. A lock on the output root, which the
system drops with the process, keeps two runs from mixing.
"""

import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agentgen import manifest
from agentgen.diagnostics import (
    AgentgenError,
    Diagnostic,
    Location,
    Note,
    Severity,
    Source,
    fail,
    quoted,
)
from agentgen.drift import Action, Change, Drift, OnDisk, Plan, Scope
from agentgen.file_names import bad_name, folded, is_below
from agentgen.frozen import replace
from agentgen.lasting import MANY, make_files_last, make_names_last
from agentgen.manifest import Manifest
from agentgen.model import Artifact
from agentgen.on_disk import OutputRoot
from agentgen.paths import ShownPath, from_root, real_path
from agentgen.patterns import pattern
from agentgen.staging import Staged, Staging

RULE = "unwritable-output"
LOCK_SECONDS = 30.0
"""How long a run waits for another one that writes to the same output root."""

_TEMPORARY = pattern(r"\.agentgen-[0-9a-f]{16}\.tmp")


def write(
    artifacts: Iterable[Artifact],
    root: Path,
    sources: Iterable[Path] = (),
    scope: Scope | None = None,
    *,
    force: bool = False,
) -> tuple[Change, ...]:
    """Write artifacts below `root`; a file that is as it should be is not touched.

    `sources` are folders that nothing may be written into. Orphans of the `scope` are removed.
    Files that a person changed, or that agentgen did not write, need `force`. Returns the changes
    that were made. Raises `AgentgenError`, with nothing changed, where a path is not one that every
    system takes, lies in a source folder, or is taken by anything that is not to be overwritten;
    and where the disk refuses, with what is then new in its message.
    """
    planned = list(artifacts)
    require_fine_paths(planned, root, sources)
    output = OutputRoot(root, sources)
    scope = scope or Scope()
    plan = None
    if not root.is_dir():
        if not planned:
            return ()
        plan = output.plan(planned, scope, force=force)
        refuse(plan, output)
    run = _Run(output)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _locked(output):
            if plan is None or any(root.iterdir()):  # another run may have been here
                plan = output.plan(planned, scope, force=force)
                refuse(plan, output)
            run.carry_out(plan)
    except OSError as error:
        raise run.refused(error) from None
    finally:
        run.staging.clean_up()
    return plan.changes


def replace_file(path: Path, data: bytes) -> None:
    """Give a file that the user has named these bytes, whole, and the time of now.

    Raises `AgentgenError` where the disk refuses.
    """
    staging = Staging()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = staging.stage(path, data)
        staging.give_permissions()
        staging.put_in_place(staged)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise fail(RULE, f"cannot write {quoted(path)}: {reason}") from None
    finally:
        staging.clean_up()


def require_fine_paths(artifacts: list[Artifact], root: Path, sources: Iterable[Path] = ()) -> None:
    """Raise `AgentgenError` for artifacts with a path that none may have, whatever is on disk."""
    shown = ShownPath(Path.cwd())
    problems = [
        *bad_names(artifacts),
        *_bad_paths(artifacts),
        *_into_sources(artifacts, root, sources, shown),
    ]
    if problems:
        raise AgentgenError(problems)


def refuse(plan: Plan, output: OutputRoot) -> None:
    """Raise `AgentgenError` for every file that a plan refuses to write."""
    if problems := [refusal(change, output) for change in plan.of(Action.REFUSE)]:
        raise AgentgenError(problems)


def refusal(change: Change, output: OutputRoot) -> Diagnostic:
    """Return what to say of a file that is not overwritten."""
    place = Source(output.shown(change.path), "").whole()
    if change.found.obstacle is not None:
        above = change.found.obstacle_path
        where = "" if above is None else "below "
        path = quoted(output.shown(change.path if above is None else above))
        message = f"cannot write {where}{path}: it is {change.found.obstacle}"
        return Diagnostic(RULE, message, help="move it away, or choose another output")
    if change.was is None:
        message = "this file is there already, and agentgen did not write it"
        help = "`--diff` shows what would change; move it away, or overwrite it with `--force`"
        return Diagnostic("unknown-output", message, place, help=help)
    message = "this file was changed by hand since agentgen wrote it"
    where = quoted(change.source) if change.source else "its source"
    help = f"`--diff` shows the change; keep it by making it in {where}, or drop it with `--force`"
    return Diagnostic("edited-output", message, place, help=help)


def kept_orphans(changes: Iterable[Change], output: OutputRoot) -> Iterator[Diagnostic]:
    """Yield a warning for every file that nothing produces and that is not removed all the same."""
    for change in changes:
        if change.action is Action.KEEP and change.drift is Drift.ORPHANED:
            place = Source(output.shown(change.path), "").whole()
            message = f"nothing produces this file any more, but it is kept: {change.reason}"
            help = (
                "remove it by hand, or with `--force`"
                if change.entry
                else "the manifest has named it until now; look at who has changed the manifest"
            )
            yield Diagnostic("orphaned-output", message, place, Severity.WARNING, help=help)


class _Run:
    """The files of one run, from the first that is staged to the last that is removed."""

    def __init__(self, output: OutputRoot) -> None:
        self.output = output
        self.root = output.path
        self.staging = Staging()
        self.to_change = 0
        self.changed = 0
        self.is_announced = False
        self.made: set[Path] = set()

    def carry_out(self, plan: Plan) -> None:
        """Make the changes of a plan that refuses nothing."""
        written, removed = plan.of(Action.WRITE), plan.of(Action.REMOVE)
        self.to_change = len(written) + len(removed)
        folders = _folders(self.root, plan)
        _remove_leftovers(folders)
        between = _announced(plan) if self.to_change else plan.before
        announced = self.stage_manifest(between, plan.before)
        together = len(written) >= MANY
        files = [
            self.stage(self.root / change.path, change.new or b"", lasts=not together)
            for change in written
        ]
        if together:
            make_files_last([each.temporary for each in files])
        last = self.stage_manifest(plan.after, between)
        self.staging.give_permissions()
        if announced is not None:
            self.staging.put_in_place(announced)
            self.is_announced = True
        for each in files:
            self.staging.put_in_place(each)
            self.changed += 1
        self.remove(removed, plan)
        if last is not None:
            self.staging.put_in_place(last)
        elif plan.before.entries and not plan.after.entries:
            (self.root / manifest.NAME).unlink(missing_ok=True)
        make_names_last(folders)
        _remove_emptied(self.root, removed)

    def stage_manifest(self, new: Manifest, before: Manifest) -> Staged | None:
        """Stage a manifest, unless it says what the one before says, or nothing at all."""
        if new == before or not new.entries:
            return None
        return self.stage(self.root / manifest.NAME, manifest.as_bytes(new))

    def stage(self, path: Path, data: bytes, *, lasts: bool = True) -> Staged:
        """Write a temporary file that can take the place of `path`, in a folder that is made."""
        if path.parent not in self.made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.made.add(path.parent)
        return self.staging.stage(path, data, lasts=lasts)

    def remove(self, removed: Iterable[Change], plan: Plan) -> None:
        """Remove orphans, but not one that is only another name of a file that is produced."""
        staying = (each.path for each in plan.changes if each.action is not Action.REMOVE)
        names = {folded(str(path)): path for path in staying}
        for change in removed:
            path = self.root / change.path
            other = names.get(folded(str(change.path)))
            if other is None or not path.samefile(self.root / other):
                path.unlink(missing_ok=True)
            self.changed += 1

    def refused(self, error: OSError) -> AgentgenError:
        """Return what to say when the disk refuses: why, and how far the run has come."""
        reason = (error.strerror or str(error)).lower()
        message = f"cannot write below {quoted(self.output.shown())}: {reason}"
        if not self.is_announced and not self.changed:
            return fail(RULE, message, help="no file was changed")
        help = f"{self.changed} of {self.to_change} files are changed; the next run does the rest"
        return fail(RULE, message, help=help)


def _announced(plan: Plan) -> Manifest:
    """Return the manifest for the time in which files change: it knows the old and the new ones."""
    changing = [
        replace(change.entry, previous=_digest(change.found))
        for change in plan.of(Action.WRITE)
        if change.entry is not None
    ]
    return Manifest({**plan.before.entries, **plan.after.entries}).updated(changing)


def _digest(found: OnDisk) -> str | None:
    return None if found.data is None else manifest.digest(found.data)


def _folders(root: Path, plan: Plan) -> list[Path]:
    """Return the folders that hold the files of a plan, and the root; none through a link."""
    ours = {
        root / change.path.parent
        for change in plan.changes
        if change.action is not Action.KEEP or change.drift is not Drift.ORPHANED
    }
    return sorted({root, *ours})


def bad_names(artifacts: list[Artifact]) -> Iterator[Diagnostic]:
    """Report artifacts with names that not every system takes."""
    for artifact in artifacts:
        for part in artifact.path.parts:
            if (reason := bad_name(part)) is not None:
                message = f"{quoted(part)} cannot be the name of an artifact: {reason}"
                place = _source(artifact)
                help = "rename the source" if place else None
                yield Diagnostic("illegal-name", message, place, help=help)


def _source(artifact: Artifact) -> Location | None:
    return Source(artifact.source, "").whole() if artifact.source else None


def _bad_paths(artifacts: list[Artifact]) -> Iterator[Diagnostic]:
    taken: dict[str, Artifact] = {}
    for artifact in artifacts:
        path = artifact.path
        if not is_below(path):
            message = f"{quoted(path)} is not a path below the output root"
            yield Diagnostic(RULE, message)
        first = taken.setdefault(folded(path.as_posix()), artifact)
        if first is not artifact:
            notes = (Note("the other one is", other),) if (other := _source(first)) else ()
            message = f"two artifacts would be {quoted(path)}"
            yield Diagnostic("artifact-clash", message, _source(artifact), notes=notes)


def _into_sources(
    artifacts: list[Artifact], root: Path, sources: Iterable[Path], shown: ShownPath
) -> Iterator[Diagnostic]:
    for folder in from_root(root, sources):
        for artifact in artifacts:
            if artifact.path.is_relative_to(folder):
                path = quoted(shown(real_path(root) / artifact.path))
                message = f"{path} would be written among the sources"
                yield Diagnostic(RULE, message, help="choose another folder with `--output`")
                break


@contextmanager
def _locked(output: OutputRoot) -> Iterator[None]:
    """Hold the output root for this process alone; where the system cannot lock, go on without."""
    try:
        import fcntl
    except ImportError:  # Windows: files are still replaced whole
        yield
        return
    descriptor = os.open(output.path, os.O_RDONLY)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    message = f"another run is writing to {quoted(output.shown())}"
                    raise fail(RULE, message, help="wait for it to end, or end it") from None
                time.sleep(0.02)
            except OSError:
                break  # a file system without locks
        yield
    finally:
        os.close(descriptor)


def _remove_leftovers(folders: Iterable[Path]) -> None:
    """Remove what a run that was killed has left; before staging, for it may fill the disk."""
    for folder in folders:
        try:
            names = os.listdir(folder)  # noqa: PTH208 - names are all that is needed
        except FileNotFoundError:
            continue
        for name in filter(_TEMPORARY.fullmatch, names):
            if not stat.S_ISDIR((folder / name).lstat().st_mode):  # a folder is nothing of ours
                (folder / name).unlink(missing_ok=True)


def _remove_emptied(root: Path, removed: Iterable[Change]) -> None:
    """Remove the folders that have become empty, up to the output root."""
    parents = {parent for change in removed for parent in change.path.parents if parent.parts}
    for folder in sorted(parents, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):  # it is not empty, or in use
            (root / folder).rmdir()
