"""A repository as plain values: the names of its files, and the texts of those worth reading."""

import json
import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from agentgen.detection.finding import Place
from agentgen.frozen import Frozen, field

ASIDE = frozenset(
    [
        "test",
        "tests",
        "spec",
        "specs",
        "__tests__",
        "e2e",
        "fixtures",
        "fuzz",
        "playground",
        "fixture",
        "testdata",
        "test-data",
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "template",
        "templates",
        "docs",
        "doc",
        "benchmarks",
        "bench",
        "third_party",
    ]
)
"""Folders whose packages are not what the project is: a manifest in them is an example or input."""


class UnreadableManifest(ValueError):
    """A manifest is not what its name says; `reason` says what it is not."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason


class Tree(Frozen):
    """The files of a repository, by their paths from its root with forward slashes.

    `texts` holds those that were read, `passed_over` those that were to be read and could not, with
    the reason. `is_whole` is false when there was more than is looked at.
    """

    __slots__ = ("__dict__",)

    files: frozenset[str]
    texts: Mapping[str, str] = field(default_factory=dict)
    passed_over: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, at any depth."""
        found: set[str] = set()
        for file in self.files:
            while (file := posixpath.dirname(file)) and file not in found:
                found.add(file)
        return frozenset(found)

    @cached_property
    def main_files(self) -> tuple[str, ...]:
        """The files outside of the folders that stand aside, sorted."""
        return tuple(sorted(path for path in self.files if not is_aside(posixpath.dirname(path))))


def is_aside(folder: str) -> bool:
    """Say whether a folder, or one above it, holds tests, examples or documents."""
    return any(part in ASIDE or part.startswith("template-") for part in folder.split("/"))


class Package(Frozen):
    """One folder of a tree, seen from inside; the root's is empty."""

    tree: Tree
    folder: str = ""

    def above(self) -> Iterator["Package"]:
        """Yield the folders above this one, the nearest first."""
        folder = self.folder
        while folder:
            folder = posixpath.dirname(folder)
            yield Package(self.tree, folder)

    def path(self, name: str) -> str:
        """Return the path from the root of a file or folder in this one."""
        return posixpath.join(self.folder, name)

    def has(self, *names: str) -> bool:
        """Say whether one of these files is here."""
        return any(self.path(name) in self.tree.files for name in names)

    def has_folder(self, name: str) -> bool:
        """Say whether there is such a folder."""
        return self.path(name) in self.tree.folders

    def first(self, *names: str) -> str | None:
        """Return the first of these files that is here."""
        return next((name for name in names if self.has(name)), None)

    def matching(self, pattern: str) -> Iterator[str]:
        """Yield the files right here whose names match a glob, sorted."""
        for path in sorted(self.tree.files):
            folder, name = posixpath.split(path)
            if folder == self.folder and fnmatchcase(name, pattern):
                yield name

    def manifest(self, name: str) -> "Manifest | None":
        """Return a file that was read; None for one that is not here or could not be."""
        text = self.tree.texts.get(self.path(name))
        return None if text is None else Manifest(self.path(name), text)

    def place(self, name: str) -> Place:
        """Return the place of a file or folder here as a whole."""
        return Place(self.path(name))


class Manifest(Frozen):
    """A file that says what a package is, and where it says it."""

    path: str
    text: str = field(repr=False)

    @property
    def place(self) -> Place:
        """The file as a whole."""
        return Place(self.path)

    def key(self, name: str) -> Place:
        """Return the line of a key in TOML, JSON or an INI file, where only one can be meant."""
        return self._line(rf"^[ \t{{,]*[\"']?{re.escape(name)}[\"']?[ \t]*[:=]", only=True)

    def word(self, name: str) -> Place:
        """Return the first line that names a package or a tool."""
        return self._line(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", only=False)

    def _line(self, pattern: str, *, only: bool) -> Place:
        found = re.finditer(pattern, self.text, re.MULTILINE | re.IGNORECASE)
        first, second = next(found, None), next(found, None)
        if first is None or (only and second is not None):
            return self.place
        return Place(self.path, self.text.count("\n", 0, first.start()) + 1)

    def toml(self) -> dict[str, Any]:
        """Return what a TOML file says. Raises `UnreadableManifest`."""
        try:
            return tomllib.loads(self.text)
        except (ValueError, RecursionError):
            raise UnreadableManifest(self.path, "it is not TOML") from None

    def json(self) -> dict[str, Any]:
        """Return what a JSON file says, if that is an object. Raises `UnreadableManifest`."""
        try:
            return mapping(json.loads(self.text))
        except (ValueError, RecursionError):
            raise UnreadableManifest(self.path, "it is not JSON") from None


def mapping(value: object) -> dict[str, Any]:
    """Return a mapping as it is, and anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def within(value: object, *keys: str) -> Any:
    """Return what stands below keys; None where there is no such thing."""
    for key in keys:
        value = mapping(value).get(key)
    return value


def texts(value: object) -> list[str]:
    """Return the texts in a list; nothing for anything else."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
