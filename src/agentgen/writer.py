"""Artifacts reach the disk: all of them or none, each whole, and only where something changed."""

import enum
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agentgen.diagnostics import AgentgenError, Diagnostic, fail, quoted
from agentgen.model import Artifact
from agentgen.settings import ShownPath

RULE = "unwritable-output"


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


def write(artifacts: Iterable[Artifact], root: Path) -> tuple[Written, ...]:
    """Write artifacts below `root`; a file that holds the same bytes is not touched.

    All new files are complete on disk, under temporary names, before the first takes its place.
    Raises `AgentgenError`, with nothing changed, where a path is taken by a folder or a link, or
    the disk refuses.
    """
    planned = list(artifacts)
    shown = ShownPath(Path.cwd())
    if obstacles := [each for artifact in planned for each in _obstacles(root, artifact, shown)]:
        raise AgentgenError(obstacles)
    staged: list[_Staged] = []
    try:
        results = tuple(_stage(artifact, root, staged) for artifact in planned)
        for each in staged:
            each.temporary.replace(each.path)
        _sync_folders({each.path.parent for each in staged})
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise fail(RULE, f"cannot write below {quoted(shown(root))}: {reason}") from None
    finally:
        for each in staged:
            with suppress(OSError):
                each.temporary.unlink()
    return results


def _stage(artifact: Artifact, root: Path, staged: list[_Staged]) -> Written:
    path = root / artifact.path
    data = artifact.text.encode()
    if _holds(path, data):
        return Written(artifact.path, Outcome.UNCHANGED)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".agentgen-{secrets.token_hex(8)}.tmp")
    # Exclusive: it neither follows a link nor writes into a file that is already there.
    with temporary.open("xb") as file:
        staged.append(_Staged(temporary, path))
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        temporary.chmod(stat.S_IMODE(path.stat().st_mode))
    return Written(artifact.path, Outcome.WRITTEN)


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _obstacles(root: Path, artifact: Artifact, shown: ShownPath) -> Iterator[Diagnostic]:
    if root.exists() and not root.is_dir():
        yield Diagnostic(RULE, f"cannot write below {quoted(shown(root))}: it is not a folder")
        return
    folder = root
    for part in artifact.path.parts[:-1]:
        folder = folder / part
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            what = "a link" if folder.is_symlink() else "not a folder"
            yield Diagnostic(RULE, f"cannot write below {quoted(shown(folder))}: it is {what}")
            return
    path = root / artifact.path
    if path.is_symlink() or (path.exists() and not path.is_file()):
        what = "a link" if path.is_symlink() else "not a regular file"
        message = f"cannot write {quoted(shown(path))}: it is {what}"
        yield Diagnostic(RULE, message, help="move it away")


def _sync_folders(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError):  # not every system lets a folder be opened
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
