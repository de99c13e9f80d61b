"""A repository as plain values: the names of its files, and the texts of those worth reading."""

import json
import posixpath
import re
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from agentgen.detection.finding import Place
from agentgen.diagnostics import AgentgenError, Source
from agentgen.frozen import Frozen, field
from agentgen.source import parse_yaml, read_toml

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


_LINES = re.MULTILINE | re.IGNORECASE
_END = sys.maxsize
_HEADING = re.compile(r"^[ \t]*\[", re.MULTILINE)
_ABOUT = re.compile(r"\s*[\"']?(?:name|description|keywords|version)\b", re.IGNORECASE)
"""How lines begin that tell what a package is, and nothing of what it uses."""


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
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the files right in each folder, sorted."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.files):
            folder, name = posixpath.split(path)
            found.setdefault(folder, []).append(name)
        return {folder: tuple(names) for folder, names in found.items()}

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

    def below(self) -> Iterator[str]:
        """Yield the paths from the root of all files in this folder, at any depth."""
        start = f"{self.folder}/" if self.folder else ""
        return (path for path in self.tree.files if path.startswith(start))

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
        names = self.tree.names.get(self.folder, ())
        return (name for name in names if fnmatchcase(name, pattern))

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

    def key(self, name: str, *tables: str) -> Place:
        """Return the line of a key in TOML, JSON or an INI file.

        It is sought in the first of these TOML tables that has it, or else where only one can be
        meant: of several, the outermost.
        """
        pattern = re.compile(rf"^([ \t{{,]*)[\"']?{re.escape(name)}[\"']?[ \t]*[:=]", _LINES)
        for table in tables:
            heading = re.compile(rf"^[ \t]*\[[ \t]*{re.escape(table)}[ \t]*\]", _LINES)
            if start := heading.search(self.text):
                end = _HEADING.search(self.text, start.end())
                if found := pattern.search(self.text, start.end(), end.start() if end else _END):
                    return self._at(found)
        every = list(pattern.finditer(self.text))
        depth = min((len(each[1]) for each in every), default=0)
        outermost = [each for each in every if len(each[1]) == depth]
        return self._at(outermost[0]) if len(outermost) == 1 else self.place

    def key_below(self, name: str, above: str) -> Place:
        """Return the line of a key in the JSON object at another key."""
        start = re.search(rf"\"{re.escape(above)}\"\s*:\s*\{{", self.text)
        key = re.compile(rf"\"{re.escape(name)}\"\s*:")
        found = key.search(self.text, start.end()) if start else None
        return self._at(found) if found else self.place

    def word(self, name: str) -> Place:
        """Return the first line that names a package or a tool, and is not about this package."""
        for found in re.finditer(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", self.text, _LINES):
            if not _ABOUT.match(self.text, self.text.rfind("\n", 0, found.start()) + 1):
                return self._at(found)
        return self.place

    def _at(self, found: re.Match[str]) -> Place:
        return Place(self.path, self.text.count("\n", 0, found.start()) + 1)

    def toml(self) -> dict[str, Any]:
        """Return what a TOML file says. Raises `UnreadableManifest`."""
        try:
            return read_toml(self.text)
        except ValueError:
            raise UnreadableManifest(self.path, "it is not TOML") from None

    def yaml(self) -> dict[str, Any]:
        """Return what a YAML file says, if that is a mapping. Raises `UnreadableManifest`."""
        try:
            node = parse_yaml(Source(self.path, self.text))
        except AgentgenError as error:
            raise UnreadableManifest(self.path, error.diagnostics[0].message) from None
        return mapping(node.value if node else None)

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
