"""What a repository says differently from the project schema that somebody wrote for it."""

from collections.abc import Iterator, Mapping

from agentgen.detection.detected import Detected, Value
from agentgen.detection.detecting import ECOSYSTEMS
from agentgen.detection.finding import LISTS, Place
from agentgen.detection.tree import Tree, mapping, texts
from agentgen.frozen import Frozen

SECTIONS = ("project", "commands", "paths")


class Update(Frozen):
    """A key of the project schema with what is said there, and what the repository says.

    `before` is None for what the schema lacks, `after` for what the repository has no more.
    """

    key: str
    before: str | None
    after: str | None
    places: tuple[Place, ...] = ()


def updates(schema: Mapping[str, object], detected: Detected, tree: Tree) -> tuple[Update, ...]:
    """Return what the repository says differently, in the order of the project schema."""
    found: list[Update] = []
    for section in SECTIONS:
        found += _section(section, mapping(schema.get(section)), detected)
        if section == "project":
            found += _languages(schema.get("languages"), detected)
    found += _lost_paths(mapping(schema.get("paths")), detected, tree)
    return tuple(found)


def _section(section: str, said: Mapping[str, object], detected: Detected) -> Iterator[Update]:
    for name, value in detected.below(section).items():
        if said.get(name) != value.said:
            yield _changed(f"{section}.{name}", said.get(name), value)


def _changed(key: str, before: object, value: Value) -> Update:
    return Update(key, None if before is None else str(before), str(value.said), value.places)


def _languages(said: object, detected: Detected) -> Iterator[Update]:
    listed = said if isinstance(said, list) else []
    written = {str(mapping(each).get("name")): mapping(each) for each in listed}
    for name in detected.languages:
        value = detected.values["languages", name]
        if name not in written:
            yield Update("languages", None, name, value.places)
            continue
        yield from _language(name, written[name], detected)
    for name in written:
        if name in _DETECTABLE and name not in detected.languages:
            yield Update("languages", name, None)


_DETECTABLE = frozenset({"python", "javascript", "typescript", "go", "rust", "ruby", "php", "c#"})


def _language(name: str, said: Mapping[str, object], detected: Detected) -> Iterator[Update]:
    found = detected.below("languages", name)
    version = found.get("version")
    if version and said.get("version") != version.said:
        yield _changed(f"languages.{name}.version", said.get("version"), version)
    for key in LISTS:
        before = texts(said.get(key))
        now = found.get(key)
        after = now.said if now else ()
        for item in (each for each in after if each not in before):
            yield Update(f"languages.{name}.{key}", None, item, now.places if now else ())
        for item in (each for each in before if each not in after and each in _known(key)):
            yield Update(f"languages.{name}.{key}", item, None)


def _known(key: str) -> frozenset[str]:
    """Return what detection would find if it were there."""
    tables = (each.TOOLS.tables()[key] for each in ECOSYSTEMS)
    return frozenset(name for table in tables for name in table.values())


def _lost_paths(said: Mapping[str, object], detected: Detected, tree: Tree) -> Iterator[Update]:
    if not tree.is_whole:
        return
    for name, path in said.items():
        is_there = path in tree.files or path in tree.folders or path == "."
        if not is_there and name not in detected.below("paths") and isinstance(path, str):
            yield Update(f"paths.{name}", path, None)
