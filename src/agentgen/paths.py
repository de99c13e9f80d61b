"""Paths: as they really are, and as messages show them."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

Exists = Callable[[Path], bool]
"""Says whether a relative link that leads to no agent and no prompt leads to a file."""


def real_path(path: Path) -> Path:
    """Return the absolute path with every link followed; one that leads in a circle is kept."""
    return Path(os.path.realpath(path))


def name_of(path: Path) -> bytes:
    """Return how notes of runs call a path."""
    return os.fsencode(path.absolute())


def role_of(name: PurePosixPath) -> str:
    """Return the kind of folder that a file of this name lies in: `agents`, say, or `partials`."""
    return str(name).partition("/")[0]  # `parts` would stay with the path


def exists(path: Path) -> bool:
    """Say whether something is there; what cannot be looked at is not."""
    return os.path.exists(path)  # noqa: PTH110 - Path.exists raises for a name that is too long


def from_root(root: Path, folders: Iterable[Path]) -> tuple[PurePosixPath, ...]:
    """Return folders by their paths from `root`, without those that have nothing in common with it.

    All are taken as they really are. One that holds `root` is `.`, which all paths lie below.
    """
    real = real_path(root)
    found = []
    for folder in map(real_path, folders):
        if real.is_relative_to(folder):
            found.append(PurePosixPath())
        elif folder.is_relative_to(real):
            found.append(PurePosixPath(folder.relative_to(real).as_posix()))
    return tuple(found)


class ShownPath:
    """Turns a path into the one that messages show: relative to a folder when it lies below it."""

    def __init__(self, working_directory: Path) -> None:
        self._from = real_path(working_directory)

    def __call__(self, path: Path) -> str:
        """Return the path for people, with forward slashes."""
        absolute = path if path.is_absolute() else self._from / path
        try:
            return absolute.relative_to(self._from).as_posix()
        except ValueError:
            return absolute.as_posix()
