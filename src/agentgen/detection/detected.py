"""Findings become one project schema: for each key the surest value, and all that says so."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from agentgen.detection.finding import LISTS, Finding, Key, Place
from agentgen.detection.surroundings import NAME as SURROUNDINGS
from agentgen.detection.surroundings import web_address
from agentgen.detection.tasks import COMMANDS
from agentgen.detection.tasks import NAME as TASKS
from agentgen.detection.tree import Tree
from agentgen.frozen import Frozen, field

MOST_JOINED = 3
"""Commands of several packages that are one line; more are left for a person to put together."""

NEVER_ENDING = frozenset({"run"})
"""Commands that a second one cannot wait for."""
FIELDS = ("name", "description", "repository", "version", "license")
_SAFE_FOLDER = re.compile(r"(?!-)[\w./-]+")
_SUFFIXES = {
    "python": (".py", ".ipynb"),
    "typescript": (".ts", ".tsx", ".vue", ".svelte"),
    "javascript": (".js", ".jsx", ".mjs", ".cjs"),
    "go": (".go",),
    "rust": (".rs",),
    "java": (".java",),
    "kotlin": (".kt",),
    "ruby": (".rb", ".erb"),
    "php": (".php",),
    "c#": (".cs", ".razor"),
    "c++": (".cpp", ".cc", ".cxx", ".hpp"),
    "c": (".c", ".h"),
    "swift": (".swift",),
    "dart": (".dart",),
    "scala": (".scala",),
    "elixir": (".ex", ".exs"),
    "haskell": (".hs",),
    "lua": (".lua",),
    "r": (".r", ".R"),
    "terraform": (".tf",),
    "shell": (".sh",),
}
Data: TypeAlias = dict[str, object]


class Value(Frozen):
    """What was found for one key: a text, or several for a list, and the places that say it."""

    said: str | tuple[str, ...]
    places: tuple[Place, ...]
    remark: str | None = None


class Detected(Frozen):
    """What a repository says of itself: values by their keys, in the order of the schema.

    `passed_over` are files that were to be read and could not, with the reason.
    """

    values: Mapping[Key, Value] = field(default_factory=dict)
    passed_over: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages' names, the most important first."""
        return tuple(key[1] for key in self.values if key[0] == "languages" and len(key) == 2)

    def below(self, *key: str) -> dict[str, Value]:
        """Return the values of the keys right below one, without those that are mere remarks."""
        return {
            each[-1]: value
            for each, value in self.values.items()
            if each[:-1] == key and value.remark is None
        }

    def data(self) -> Data:
        """Return the project schema as plain data."""
        languages = [
            {"name": name, **_plain(self.below("languages", name))} for name in self.languages
        ]
        data: Data = {
            "project": _plain(self.below("project")),
            "languages": languages,
            "commands": _plain(self.below("commands")),
            "paths": _plain(self.below("paths")),
        }
        return {key: value for key, value in data.items() if value}


def _by_importance(findings: list[Finding], languages: list[str]) -> list[Finding]:
    """Return findings with those first that come with the most important language."""
    ranks: dict[str, int] = {SURROUNDINGS: len(languages) + 1}
    for each in findings:
        if each.key[0] == "languages" and each.key[1] in languages:
            rank = languages.index(each.key[1])
            ranks[each.ecosystem] = min(rank, ranks.get(each.ecosystem, rank))
    return sorted(findings, key=lambda each: ranks.get(each.ecosystem, len(languages)))


def _plain(values: Mapping[str, Value]) -> Data:
    return {
        key: list(value.said) if isinstance(value.said, tuple) else value.said
        for key, value in values.items()
    }


def merged(findings: Iterable[Finding], tree: Tree) -> Detected:
    """Return what findings amount to; where several are about one thing, the first counts most."""
    every = list(findings)
    languages = dict(_languages(every, tree))
    every = _by_importance(every, [key[1] for key in languages if len(key) == 2])
    values: dict[Key, Value] = {}
    values.update(_project(every))
    values.update(languages)
    values.update(_commands(every))
    values.update(_paths(every))
    return Detected(values, tree.passed_over, tree.is_whole)


def _project(findings: list[Finding]) -> Iterator[tuple[Key, Value]]:
    for name in FIELDS:
        for each in findings:
            if each.key == ("project", name) and not each.package:
                said = web_address(each.value) if name == "repository" else each.value
                if said:
                    yield each.key, Value(said, (each.place,))
                    break


def _languages(findings: list[Finding], tree: Tree) -> Iterator[tuple[Key, Value]]:
    found = [each for each in findings if each.key[0] == "languages"]
    names = dict.fromkeys(each.key[1] for each in found if len(each.key) == 2)
    sizes = {name: _size(tree, name) for name in _SUFFIXES}
    if not names and (largest := max(sizes, key=lambda name: len(sizes[name]))) and sizes[largest]:
        yield ("languages", largest), Value(largest, (Place(sizes[largest][0]),))
    if "typescript" in names and "javascript" in names:
        found = [_as_typescript(each) for each in found]
        names.pop("javascript")
    for name in sorted(names, key=lambda name: -len(sizes.get(name, ()))):
        own = [each for each in found if each.key[1] == name]
        yield from _language(name, own)


def _size(tree: Tree, name: str) -> list[str]:
    return [path for path in tree.main_files if path.endswith(_SUFFIXES[name])]


def _as_typescript(found: Finding) -> Finding:
    """Return a finding about JavaScript as one about TypeScript, where both are there."""
    if found.key[1] != "javascript":
        return found
    key = ("languages", "typescript", *found.key[2:])
    return Finding(key, found.value, found.place, found.package, found.ecosystem, found.remark)


def _language(name: str, found: list[Finding]) -> Iterator[tuple[Key, Value]]:
    places = _places(each for each in found if len(each.key) == 2)
    yield ("languages", name), Value(name, places)
    versions = [each for each in found if each.key[2:] == ("version",)]
    if versions:
        first = min(versions, key=lambda each: each.remark is not None)
        key = ("languages", name, "version")
        yield key, Value(first.value, (first.place,), first.remark)
    for field_name in LISTS:
        own = [each for each in found if each.key[2:] == (field_name,)]
        if own:
            said = tuple(dict.fromkeys(each.value for each in own))
            firsts = (next(each for each in own if each.value == one) for one in said)
            yield ("languages", name, field_name), Value(said, _places(firsts))


def _places(findings: Iterable[Finding]) -> tuple[Place, ...]:
    """Return the places, one for each file."""
    places: dict[str, Place] = {}
    for each in findings:
        places.setdefault(each.place.path, each.place)
    return tuple(places.values())


def _commands(findings: list[Finding]) -> Iterator[tuple[Key, Value]]:
    found = [each for each in findings if each.key[0] == "commands"]
    for key in (("commands", name) for name in COMMANDS):
        own = [each for each in found if each.key == key]
        at_root = [each for each in own if each.ecosystem == TASKS and not each.package]
        wanted = at_root[:1] or _of_packages(own)
        if not 0 < len(wanted) <= (1 if key[1] in NEVER_ENDING else MOST_JOINED):
            continue
        lines = dict.fromkeys(map(_from_root, wanted))
        yield key, Value(" && ".join(lines), _places(wanted))


def _of_packages(own: list[Finding]) -> list[Finding]:
    """Return one command for each package that no package of its kind above speaks for."""
    firsts: dict[tuple[str, str], Finding] = {}
    for each in own:
        if each.ecosystem != TASKS and _SAFE_FOLDER.fullmatch(each.package or "."):
            firsts.setdefault((each.ecosystem, each.package), each)
    return [
        each
        for (ecosystem, package), each in firsts.items()
        if not any((ecosystem, above) in firsts for above in _above(package))
    ]


def _above(package: str) -> Iterator[str]:
    while package:
        package = package.rpartition("/")[0]
        yield package


def _from_root(found: Finding) -> str:
    return f"(cd {found.package} && {found.value})" if found.package else found.value


def _paths(findings: list[Finding]) -> Iterator[tuple[Key, Value]]:
    """Yield paths: what a package says of its source goes before what folders are called."""
    found = [each for each in findings if each.key[0] == "paths"]
    ordered = sorted(found, key=lambda each: (each.package, each.ecosystem == SURROUNDINGS))
    values: dict[Key, Value] = {}
    for each in ordered:
        if not each.package and each.value not in (value.said for value in values.values()):
            values.setdefault(each.key, Value(each.value, (each.place,)))
    yield from values.items()
