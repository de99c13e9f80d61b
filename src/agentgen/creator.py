"""New files reach the disk: each whole, never over another one, and never through a link.

A file is complete under a temporary name before it gets its own, by a hard link, which the system
refuses where anything of that name is there.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from agentgen.diagnostics import AgentgenError, Diagnostic, fail, quoted
from agentgen.frozen import Frozen, field
from agentgen.on_disk import OutputRoot

RULE = "unwritable-output"


class NewFile(Frozen):
    """A file to make: its path below the root, and what it holds."""

    path: PurePosixPath
    data: bytes = field(repr=False)


def missing(files: Iterable[NewFile], root: Path) -> tuple[NewFile, ...]:
    """Return the files that are not there yet.

    Raises `AgentgenError` where something that is no file stands in the way of one.
    """
    output = OutputRoot(root)
    found = [(each, output.look(each.path)) for each in files]
    problems = [
        _obstacle(output, each.path if at.obstacle_path is None else at.obstacle_path, at.obstacle)
        for each, at in found
        if at.obstacle is not None
    ]
    if problems:
        raise AgentgenError(problems)
    return tuple(each for each, at in found if at.data is None)


def _obstacle(output: OutputRoot, path: PurePosixPath, obstacle: str) -> Diagnostic:
    message = f"cannot write {quoted(output.shown(path))}: it is {obstacle}"
    return Diagnostic(RULE, message, help="move it away")


def create(files: Iterable[NewFile], root: Path) -> None:
    """Make files that are not there, all or none.

    Raises `AgentgenError`, with nothing left behind but folders, where the disk refuses or where
    a file has come to be in the meantime.
    """
    made: list[Path] = []
    try:
        for each in files:
            path = root / each.path
            path.parent.mkdir(parents=True, exist_ok=True)
            _create(path, each.data)
            made.append(path)
    except OSError as error:
        for path in made:
            with suppress(OSError):
                path.unlink()
        reason = (error.strerror or str(error)).lower()
        message = f"cannot write {quoted(OutputRoot(root).shown(each.path))}: {reason}"
        raise fail(RULE, message, help="no file was written") from None


def _create(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".agentgen-{os.urandom(8).hex()}.tmp")
    try:
        _write_new(temporary, data)
        try:
            os.link(temporary, path, follow_symlinks=False)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):
            _write_new(path, data)  # a file system without hard links
    finally:
        with suppress(OSError):
            temporary.unlink()


def _write_new(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
