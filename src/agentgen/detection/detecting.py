"""The ecosystems in one table, each asked about every package; then what they found as a whole."""

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Protocol

from agentgen.detection import (
    dotnet,
    go,
    javascript,
    jvm,
    others,
    php,
    python,
    ruby,
    rust,
    surroundings,
    tasks,
)
from agentgen.detection.detected import Detected, merged
from agentgen.detection.finding import Finding, Place
from agentgen.detection.known import Tools
from agentgen.detection.tree import ASIDE, Package, Tree, UnreadableManifest, is_aside
from agentgen.frozen import replace

MOST_PACKAGES = 60
"""Folders with a manifest that are looked at."""
MOST_PATHS = 8
"""Packages below the root that get a path each; more are a list that nobody reads."""
_OF_TESTS = frozenset({"test", "tests", "e2e"})
_SYSTEMS = frozenset({"android", "ios", "linux", "macos", "windows", "web"})
_KEY = re.compile(r"[a-z][a-z0-9_]*")


class Ecosystem(Protocol):
    """A module that knows the manifests of one ecosystem."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module, and so are the others
        """What it is called in findings."""

    @property
    def MANIFESTS(self) -> tuple[str, ...]:  # noqa: N802
        """Names of files that make a folder a package of it."""

    @property
    def ALSO_READ(self) -> tuple[str, ...]:  # noqa: N802
        """Names of other files whose text tells something."""

    @property
    def TOOLS(self) -> Tools:  # noqa: N802
        """The packages that it knows."""

    def find(self, package: Package) -> Iterator[Finding]:
        """Yield what a package says. Raises `UnreadableManifest`."""


ECOSYSTEMS: tuple[Ecosystem, ...] = (
    python,
    javascript,
    go,
    rust,
    jvm,
    ruby,
    php,
    dotnet,
    others,
    tasks,
)
"""In the order in which they speak for a repository that has several at its root."""

_READ = frozenset(name for each in ECOSYSTEMS for name in (*each.MANIFESTS, *each.ALSO_READ))
_READ_BY_PATTERN = tuple(each for each in _READ if "*" in each)
_READ_AT_THE_ROOT = frozenset({*surroundings.ALSO_READ, surroundings.GIT_CONFIG})


def is_worth_reading(path: str) -> bool:
    """Say whether the text of a file tells something; for all others, their names do."""
    name = posixpath.basename(path)
    in_folder = "/".join(path.split("/")[-2:])
    by_pattern = (fnmatchcase(each, one) for one in _READ_BY_PATTERN for each in (name, in_folder))
    return path in _READ_AT_THE_ROOT or name in _READ or any(by_pattern)


def detect(tree: Tree) -> Detected:
    """Return what a repository says of itself. A manifest that cannot be read is passed over."""
    passed_over = dict(tree.passed_over)
    findings: list[Finding] = []
    packages = _packages(tree)
    for package in packages:
        for ecosystem in ECOSYSTEMS:
            if not any(_matches(package, pattern) for pattern in ecosystem.MANIFESTS):
                continue
            try:
                for each in ecosystem.find(package):
                    by = replace(each, package=package.folder, ecosystem=ecosystem.NAME)
                    if not is_aside(package.folder) or each.key[2:] == ("testing",):
                        findings.append(by)
            except UnreadableManifest as error:
                passed_over[error.path] = error.reason
    around = (replace(each, ecosystem=surroundings.NAME) for each in surroundings.find(tree))
    return merged(
        [*findings, *around, *_package_paths(packages)], replace(tree, passed_over=passed_over)
    )


def _packages(tree: Tree) -> list[Package]:
    """Return the folders that hold a manifest, the root first; tests and examples are none."""
    folders = {
        posixpath.dirname(path)
        for path in tree.files
        if any(
            fnmatchcase(posixpath.basename(path), pattern)
            for each in ECOSYSTEMS
            for pattern in each.MANIFESTS
        )
    }
    main = [each for each in folders if not is_aside(each) or _holds_tests(each)]
    main = [each for each in main if not _is_of_flutter(tree, each)]
    return [Package(tree, each) for each in sorted(main, key=lambda at: (at.count("/"), at))][
        :MOST_PACKAGES
    ]


def _is_of_flutter(tree: Tree, folder: str) -> bool:
    """Say whether a package is one of a Flutter app's for some system, which others build."""
    at = Package(tree, folder)
    return any(
        above.has(others.PUBSPEC) and inside.split("/")[0] in _SYSTEMS
        for above in at.above()
        for inside in [folder[len(above.folder) :].lstrip("/")]
    )


def _holds_tests(folder: str) -> bool:
    """Say whether a folder is a package of tests, which names the tools that they use."""
    first, *others = folder.split("/")
    return first in _OF_TESTS and len(others) < 2 and ASIDE.isdisjoint(others)


def _package_paths(packages: list[Package]) -> Iterator[Finding]:
    """Yield where the packages of a repository with several lie, each by its folder's name."""
    nested = [each.folder for each in packages if each.folder and not is_aside(each.folder)]
    for folder in nested if len(nested) <= MOST_PATHS else ():
        name = posixpath.basename(folder).lower().replace("-", "_")
        if _KEY.fullmatch(name) and name not in surroundings.FOLDERS:
            yield Finding(("paths", name), folder, Place(folder))


def _matches(package: Package, pattern: str) -> bool:
    return next(package.matching(pattern), None) is not None
