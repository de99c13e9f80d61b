"""Artifacts reach the disk: each whole, only where something changed, and never through a link.

Every new file is complete on disk under a temporary name before the first takes its place, so that
whatever stops a run leaves each file old or new, and the next run finishes the work. A lock on the
output root, which the system drops with the process, keeps two runs from mixing.
"""

import enum
import os
import re
import stat
import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agentgen.diagnostics import AgentgenError, Diagnostic, fail, quoted
from agentgen.model import Artifact
from agentgen.paths import ShownPath, real_path

RULE = "unwritable-output"
LOCK_SECONDS = 30.0
"""How long a run waits for another one that writes to the same output root."""

_TEMPORARY = re.compile(r"\.agentgen-[0-9a-f]{16}\.tmp")
# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?")
_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]')
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LONGEST_NAME = 200
"""Bytes; file systems take 255, and the temporary name and a client's suffix need room."""


class Outcome(enum.StrEnum):
    """What became of an artifact."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Written:
    """A file below the output root, and what became of it."""

    path: PurePosixPath
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Staged:
    temporary: Path
    path: Path


def write(
    artifacts: Iterable[Artifact], root: Path, sources: Iterable[Path] = ()
) -> tuple[Written, ...]:
    """Write artifacts below `root`; a file that holds the same bytes is not touched.

    `sources` are folders that nothing may be written into. Raises `AgentgenError`, with nothing
    changed, where a path is not one that every system takes, lies in a source folder, or is taken
    by a folder or a link; and where the disk refuses, with what is then new in its message.
    """
    planned = list(artifacts)
    shown = ShownPath(Path.cwd())
    if not planned:
        return ()
    problems = [
        *bad_names(planned),
        *_bad_paths(planned),
        *_into_sources(planned, root, sources, shown),
    ]
    if problems := problems or [*_obstacles(planned, root, shown)]:
        raise AgentgenError(problems)
    staged: list[_Staged] = []
    renamed = 0
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _locked(root, shown):
            folders = sorted({(root / artifact.path).parent for artifact in planned})
            _remove_leftovers(folders)
            results = tuple(_stage(artifact, root, staged) for artifact in planned)
            for each in staged:
                each.temporary.replace(each.path)
                renamed += 1
            _make_names_last(folders)
    except OSError as error:
        raise _refused(error, shown(root), renamed, len(staged)) from None
    finally:
        for each in staged[renamed:]:
            with suppress(OSError):
                each.temporary.unlink()
    return results


def _stage(artifact: Artifact, root: Path, staged: list[_Staged]) -> Written:
    path = root / artifact.path
    data = artifact.text.encode()
    mode = _mode_if_different(path, data)
    if mode is None:
        return Written(artifact.path, Outcome.UNCHANGED)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".agentgen-{os.urandom(8).hex()}.tmp")
    staged.append(_Staged(temporary, path))  # first: Ctrl-C may come before the next line ends
    # Exclusive: it neither follows a link nor writes into a file that is already there.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if mode:
        temporary.chmod(mode)
    return Written(artifact.path, Outcome.WRITTEN)


def _mode_if_different(path: Path, data: bytes) -> int | None:
    """Return the permissions of the file that is there, 0 for none; None if it holds the data."""
    try:
        found = path.stat()
        if found.st_size == len(data) and path.read_bytes() == data:
            return None
    except FileNotFoundError:
        return 0
    return stat.S_IMODE(found.st_mode) & 0o777


def _refused(error: OSError, root: str, renamed: int, staged: int) -> AgentgenError:
    reason = (error.strerror or str(error)).lower()
    message = f"cannot write below {quoted(root)}: {reason}"
    if not renamed:
        return fail(RULE, message, help="no file was changed")
    help = f"{renamed} of {staged} changed files are the new ones; the next run writes the others"
    return fail(RULE, message, help=help)


def bad_names(artifacts: list[Artifact]) -> Iterator[Diagnostic]:
    """Report artifacts with names that not every system takes."""
    for artifact in artifacts:
        for part in artifact.path.parts:
            if (reason := _bad_name(part)) is not None:
                message = f"{quoted(part)} cannot be the name of an artifact: {reason}"
                help = f"rename {quoted(artifact.source)}" if artifact.source else None
                yield Diagnostic("illegal-name", message, help=help)


def _bad_paths(artifacts: list[Artifact]) -> Iterator[Diagnostic]:
    taken: dict[str, Artifact] = {}
    for artifact in artifacts:
        path = artifact.path
        if path.is_absolute() or ".." in path.parts or not path.parts:
            message = f"{quoted(path)} is not a path below the output root"
            yield Diagnostic(RULE, message)
        folded = unicodedata.normalize("NFKC", path.as_posix()).casefold()
        if taken.setdefault(folded, artifact) is not artifact:
            yield Diagnostic("artifact-clash", f"two artifacts would be {quoted(path)}")


def _bad_name(name: str) -> str | None:
    if match := _ILLEGAL.search(name):
        return f"it holds {quoted(match[0])}"
    if any(unicodedata.category(each) in _HIDDEN for each in name):
        return "it holds a character that cannot be seen"
    if _RESERVED.fullmatch(name):
        return "Windows keeps it for a device"
    if name.endswith((".", " ")):
        return "it ends with a dot or a blank"
    if len(name.encode()) > _LONGEST_NAME:
        return f"it is longer than {_LONGEST_NAME} bytes"
    return None


def _into_sources(
    artifacts: list[Artifact], root: Path, sources: Iterable[Path], shown: ShownPath
) -> Iterator[Diagnostic]:
    for folder in map(real_path, sources):
        for artifact in artifacts:
            path = real_path(root) / artifact.path
            if path.is_relative_to(folder):
                message = f"{quoted(shown(path))} would be written among the sources"
                yield Diagnostic(RULE, message, help="choose another folder with `--output`")
                break


def _obstacles(artifacts: list[Artifact], root: Path, shown: ShownPath) -> Iterator[Diagnostic]:
    """Report what stands where a folder or a file is to be; each thing once."""
    reported: set[Path] = set()
    for artifact in artifacts:
        folders = [root / parent for parent in reversed(artifact.path.parents)]
        for path in (*folders, root / artifact.path):
            is_folder = path in folders
            wrong = _obstacle(path, is_folder=is_folder, may_be_link=path == root)
            if wrong is not None:
                if path not in reported:
                    reported.add(path)
                    where = "below " if is_folder else ""
                    message = f"cannot write {where}{quoted(shown(path))}: it is {wrong}"
                    yield Diagnostic(RULE, message, help="move it away, or choose another output")
                break


def _obstacle(path: Path, *, is_folder: bool, may_be_link: bool) -> str | None:
    try:
        mode = (path.stat() if may_be_link else path.lstat()).st_mode
    except OSError:
        return None  # nothing is there, or creating it will say why it cannot be
    if stat.S_ISLNK(mode):
        return "a link"
    if is_folder:
        return None if stat.S_ISDIR(mode) else "not a folder"
    return None if stat.S_ISREG(mode) else "not a regular file"


@contextmanager
def _locked(root: Path, shown: ShownPath) -> Iterator[None]:
    """Hold the output root for this process alone; where the system cannot lock, go on without."""
    try:
        import fcntl
    except ImportError:  # Windows: files are still replaced whole
        yield
        return
    descriptor = os.open(root, os.O_RDONLY)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    message = f"another run is writing to {quoted(shown(root))}"
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


def _make_names_last(folders: Iterable[Path]) -> None:
    """Make the new names outlast a power cut, where the system lets a folder be opened."""
    for folder in folders:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
