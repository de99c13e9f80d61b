"""What lies below an output root: the manifest, and the files that a run judges.

Nothing here changes the disk.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from agentgen import manifest
from agentgen.diagnostics import AgentgenError
from agentgen.drift import NOTHING, OnDisk, Plan, Scope, make_plan
from agentgen.manifest import Manifest
from agentgen.model import Artifact
from agentgen.paths import ShownPath, from_root, real_path
from agentgen.source import read_source
from agentgen.source.text import read_regular

LARGEST_OUTPUT = 16 * 1024 * 1024
"""Bytes of a file that are looked at; a larger one was not written by agentgen."""

LARGEST_MANIFEST = 4 * LARGEST_OUTPUT
"""Bytes; room for some 200,000 artifacts."""


class OutputRoot:
    """A folder that artifacts are written below; `sources` are folders in which nothing is ours."""

    def __init__(self, path: Path, sources: Iterable[Path] = ()) -> None:
        self.path = path
        self._shown = ShownPath(Path.cwd())
        self._sources = from_root(path, sources)
        self._real = real_path(path)
        self._above: dict[tuple[str, ...], OnDisk | None] = {}

    def shown(self, path: PurePosixPath | str = "") -> str:
        """Return the path of a file below the root, as messages show it."""
        return self._shown(self._real / path)

    def manifest(self) -> Manifest:
        """Return what was written here; nothing where there is no manifest.

        Raises `AgentgenError` for one that cannot be read or that agentgen did not write, and
        `OSError` where the disk does not say whether there is one.
        """
        path = self.path / manifest.NAME
        try:
            path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return Manifest()
        shown = self.shown(manifest.NAME)
        read = read_source(path, shown, LARGEST_MANIFEST, follow_link=False)
        return manifest.parse(read.source)

    def plan(self, artifacts: Iterable[Artifact], scope: Scope, *, force: bool = False) -> Plan:
        """Return what a run over these artifacts does here.

        With `force` a manifest that cannot be read counts for nothing. Raises `AgentgenError`
        without.
        """
        known = Manifest() if force and not self._is_readable() else self.manifest()
        return make_plan(artifacts, known, self.look, scope, force=force)

    def look(self, path: PurePosixPath) -> OnDisk:
        """Return what is at a path below the root; nothing is read through a link."""
        if self._sources and any(map(path.is_relative_to, self._sources)):
            return OnDisk(obstacle="among the sources")
        above = path.parts[:-1]
        if above not in self._above:
            self._above[above] = self._obstacle_above(path)
        return self._above[above] or _read(os.path.join(self.path, path))  # noqa: PTH118 - often

    def _obstacle_above(self, path: PurePosixPath) -> OnDisk | None:
        for folder in reversed(path.parents):
            if (obstacle := self._folder_obstacle(folder)) is not None:
                return OnDisk(obstacle=obstacle, obstacle_path=folder)
        return None

    def _folder_obstacle(self, folder: PurePosixPath) -> str | None:
        path = self.path / folder
        is_root = not folder.parts
        try:
            mode = (path.stat() if is_root else path.lstat()).st_mode
        except OSError:
            return None  # nothing is there, or reading what is below says why it cannot be
        if stat.S_ISDIR(mode):
            return None
        return "a link" if stat.S_ISLNK(mode) else "not a folder"

    def _is_readable(self) -> bool:
        try:
            self.manifest()
        except AgentgenError:
            return False
        return True


def _read(path: str) -> OnDisk:
    try:
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            return OnDisk(obstacle="a link")
        if stat.S_ISDIR(mode):
            return OnDisk(obstacle="a folder")
        data = read_regular(path, LARGEST_OUTPUT, follow_link=False)
    except (FileNotFoundError, NotADirectoryError):
        return NOTHING
    except PermissionError as error:
        reason = (error.strerror or str(error)).lower()
        return OnDisk(obstacle=f"unreadable ({reason})", is_unreadable=True)
    if data is None:
        return OnDisk(obstacle="not a regular file")
    if len(data) > LARGEST_OUTPUT:
        return OnDisk(obstacle=f"larger than {LARGEST_OUTPUT // 1024**2} MiB")
    return OnDisk(data)
