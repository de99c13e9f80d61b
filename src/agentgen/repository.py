"""A repository is read: the names of its files, and the texts that detection asks for.

Links are not followed, nothing is run, and there is an end to how much is looked at.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from agentgen.detection import Tree, is_worth_reading
from agentgen.source.text import read_regular

LARGEST_MANIFEST = 1024 * 1024
"""Bytes."""
MOST_FILES = 50_000
MOST_READ = 400
MOST_BYTES = 4 * 1024 * 1024
"""Of all manifests together."""
DEEPEST = 16
"""Folders below one another."""

SKIPPED = frozenset(
    [
        "node_modules",
        "bower_components",
        "vendor",
        "target",
        "build",
        "dist",
        "out",
        "obj",
        "venv",
        "env",
        "virtualenv",
        "site-packages",
        "__pycache__",
        "coverage",
        "htmlcov",
        "tmp",
        "log",
        "logs",
        "Pods",
        "DerivedData",
    ]
)
"""Folders that hold what others wrote, or what a build made."""
HIDDEN_FOLDERS = frozenset({".github", ".circleci"})
"""Hidden folders that are looked into all the same."""
GIT_CONFIG = ".git/config"


def read_repository(root: Path) -> Tree:
    """Return the files of a repository, with the texts of those that tell something."""
    names = _Names(root)
    files = sorted(names, key=lambda path: (path.count("/"), path))
    texts: dict[str, str] = {}
    passed_over: dict[str, str] = {}
    wanted = [path for path in files if is_worth_reading(path)]
    left = MOST_BYTES
    for path in wanted[:MOST_READ]:
        text, reason = _read(root, path)
        left -= len(text or "")
        if left < 0:
            break
        if text is not None:
            texts[path] = text
        elif reason:
            passed_over[path] = reason
    config = root / ".git"
    if config.is_dir() and not config.is_symlink():
        text, _ = _read(root, GIT_CONFIG)
        texts.update({} if text is None else {GIT_CONFIG: text})
    is_whole = names.is_whole and len(wanted) <= MOST_READ and left >= 0
    return Tree(frozenset(files), texts, passed_over, is_whole)


class _Names:
    """The paths of files below a folder, nearest first; `is_whole` once all were seen."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.is_whole = True

    def __iter__(self) -> Iterator[str]:
        count = 0
        folders = [""]
        for folder in folders:  # it grows while it is walked through: the nearest come first
            for entry in self._entries(folder):
                path = f"{folder}/{entry.name}" if folder else entry.name
                if _is_folder(entry):
                    if _is_wanted(entry.name):
                        self._descend(folders, path)
                elif _is_file(entry):
                    count += 1
                    if count > MOST_FILES:
                        self.is_whole = False
                        return
                    yield path

    def _descend(self, folders: list[str], path: str) -> None:
        if path.count("/") < DEEPEST:
            folders.append(path)
        else:
            self.is_whole = False

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.root / folder) as entries:
                named = [each for each in entries if each.name.isprintable()]
        except OSError:
            self.is_whole = False
            return []
        return sorted(named, key=lambda entry: entry.name)


def _is_wanted(name: str) -> bool:
    return name in HIDDEN_FOLDERS or not (name.startswith(".") or name in SKIPPED)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:
        return False


def _read(root: Path, path: str) -> tuple[str | None, str]:
    """Return a file's text, or none and why it has none."""
    try:
        data = read_regular(root / path, LARGEST_MANIFEST, follow_link=False)
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, (error.strerror or str(error)).lower()
    if data is None or stat.S_ISLNK((root / path).lstat().st_mode):
        return None, "it is not a regular file"
    if len(data) > LARGEST_MANIFEST:
        return None, f"it is larger than {LARGEST_MANIFEST // 1024**2} MiB"
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n"), ""
    except UnicodeDecodeError:
        return None, "it is not UTF-8"
