"""New files stand complete beside the old ones, under temporary names, before they take places."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from agentgen.frozen import Frozen


class Staged(Frozen):
    """A temporary file, the path that it is for, and the permissions of the file that is there."""

    temporary: str
    path: str
    mode: int | None


class Staging:
    """The temporary files of one run, until each has taken its place or is removed."""

    def __init__(self) -> None:
        self.waiting: dict[Staged, None] = {}

    def stage(self, path: Path, data: bytes, *, lasts: bool = True) -> Staged:
        """Write a temporary file that can take the place of `path`; it `lasts` beyond a power cut.

        Its permissions come last: they may keep it from being opened again.
        """
        name = f".agentgen-{os.urandom(8).hex()}.tmp"
        temporary = os.path.join(path.parent, name)  # noqa: PTH118 - paths of texts: there are many
        staged = Staged(temporary, os.fspath(path), _mode(path))
        self.waiting[staged] = None  # first: Ctrl-C may come before the next line ends
        # Exclusive: it neither follows a link nor writes into a file that is already there.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        mode = (
            0o666 if staged.mode is None else staged.mode | 0o600
        )  # open to nobody else meanwhile
        descriptor = os.open(staged.temporary, flags, mode)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            if lasts:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return staged

    def give_permissions(self) -> None:
        """Give each temporary file the permissions of the file whose place it takes."""
        for each in self.waiting:
            if each.mode is not None:
                os.chmod(each.temporary, each.mode)  # noqa: PTH101

    def put_in_place(self, staged: Staged) -> None:
        """Let a temporary file take the place that it is for."""
        os.replace(staged.temporary, staged.path)  # noqa: PTH105
        del self.waiting[staged]

    def clean_up(self) -> None:
        """Remove the temporary files that have taken no place."""
        for each in self.waiting:
            with suppress(OSError):
                os.unlink(each.temporary)  # noqa: PTH108


def _mode(path: Path) -> int | None:
    """Return the permissions of the file that is there, or None where none is."""
    try:
        return stat.S_IMODE(path.lstat().st_mode) & 0o777
    except FileNotFoundError:
        return None
