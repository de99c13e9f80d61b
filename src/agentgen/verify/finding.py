"""Where clients are installed: on PATH, among node's global packages, or in a folder of clients."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from agentgen.frozen import Frozen

BELOW = ("", "bin", "node_modules/.bin", "venv/bin")
"""Where a folder of clients may hold executables, as npm and Python's venv lay them out."""


class Installed(Frozen):
    """A client on this machine: its executable, its package, the node that runs it, its version."""

    executable: Path | None = None
    package: Path | None = None
    node: Path | None = None
    version: str | None = None


class Places(Frozen):
    """Where to look: in `folder` and nowhere else, or on `path`, as PATH is written."""

    folder: Path | None = None
    path: str = ""

    def executable(self, name: str) -> Path | None:
        """Return the absolute path of a command, or None."""
        folders = [str(self.folder / each) for each in BELOW] if self.folder else [self.path]
        found = shutil.which(name, path=os.pathsep.join(folders))
        return Path(os.path.abspath(found)) if found else None  # noqa: PTH100 - keeps links

    @property
    def node(self) -> Path | None:
        """The node that runs clients: the folder's own, or the one on PATH."""
        return self.executable("node") or Places(None, self.path).executable("node")

    def package(self, name: str) -> Path | None:
        """Return the folder of an npm package, or None."""
        folders = [self.folder / "node_modules"] if self.folder else list(_global_packages(self))
        return next((each / name for each in folders if (each / name).is_dir()), None)


def find_command(places: Places, name: str) -> Installed | None:
    """Find a client that is a command."""
    executable = places.executable(name)
    if executable is None:
        return None
    home = package_of(executable)
    return Installed(executable, home, places.node, _version(home))


def find_package(places: Places, name: str, command: str | None = None) -> Installed | None:
    """Find a client that is an npm package which a script of ours loads, and the node for it."""
    executable = places.executable(command) if command else None
    home = package_of(executable) if executable else None
    home = home or places.package(name)
    if home is None or places.node is None:
        return None
    return Installed(executable, home, places.node, _version(home))


def package_of(executable: Path) -> Path | None:
    """Return the folder of the npm package that an executable belongs to, or None."""
    for folder in executable.resolve().parents:
        if (folder / "package.json").is_file():
            return folder
    return None


def _global_packages(places: Places) -> Iterator[Path]:
    """Yield where `npm install --global` puts packages: `lib/node_modules` beside node's `bin`."""
    if places.node is not None:
        for node in (places.node, places.node.resolve()):
            yield node.parent.parent / "lib" / "node_modules"


def _version(package: Path | None) -> str | None:
    if package is None:
        return None
    try:
        said = json.loads((package / "package.json").read_bytes())
    except (OSError, ValueError):
        return None
    version = said.get("version") if isinstance(said, dict) else None
    return version[:40] if isinstance(version, str) else None
