"""YAML as a tree that knows where everything stands, built from parser events under a guard.

The parser is libyaml's, through PyYAML. Values are resolved as YAML 1.2's core schema does
(https://yaml.org/spec/1.2.2/#103-core-schema), with one rule on top: a number whose plain printing
differs from what was written (`1.10`, `012`, `1e3`) stays text, so that a template prints it as
its author wrote it. Anchors, aliases, tags, duplicate keys and several documents are refused: no
agent needs them, and they are how small files become endless ones.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from agentgen.diagnostics import AgentgenError, Diagnostic, Location, Note, Source, fail, quoted
from agentgen.source.cures import template_problem, yaml_problem

DEEPEST = 20
"""Nesting levels."""
MOST_NODES = 1_000_000
LONGEST_SCALAR = 1024 * 1024
"""Characters."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(
    r"[-+]?(?:0o[0-7]+|0x[0-9a-fA-F]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_FLOAT = re.compile(r"-?[0-9]{1,17}\.[0-9]{1,17}")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value: its text, and whether it was written without quotes."""

    source: Source = field(repr=False)
    start: int
    end: int
    text: str
    plain: bool

    @property
    def value(self) -> object:
        """The plain value that the text stands for (see the module's first lines)."""
        return resolve(self.text) if self.plain else self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    source: Source = field(repr=False)
    start: int
    end: int
    items: "tuple[Node, ...]"

    @property
    def value(self) -> list[object]:
        """The list as plain data."""
        return [item.value for item in self.items]


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value` of a mapping."""

    key: Scalar
    node: "Node"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Entries in the order they were written, each key once."""

    source: Source = field(repr=False)
    start: int
    end: int
    entries: dict[str, Entry]

    @property
    def value(self) -> dict[str, object]:
        """The mapping as plain data."""
        return {key: entry.node.value for key, entry in self.entries.items()}


Node = Scalar | Sequence | Mapping


def location(node: Node) -> Location:
    """Return the place of a node in its source."""
    return node.source.at(node.start, max(node.end, node.start + 1))


def kind(node: Node) -> str:
    """Return what a node is, in words for a message."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    value = node.value
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"the boolean {quoted(node.text)}"
    return f"the text {quoted(value)}" if isinstance(value, str) else f"the number {quoted(value)}"


def find(node: Node, path: "tuple[str | int, ...] | list[str | int]") -> tuple[Node, Scalar | None]:
    """Follow keys and indexes as far as they go; return that node and the key that led to it."""
    key = None
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str) and step in node.entries:
            entry = node.entries[step]
            node, key = entry.node, entry.key
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node, key = node.items[step], None
        else:
            break
    return node, key


def resolve(text: str) -> bool | int | float | str | None:
    """Return the value that an unquoted scalar stands for."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text) and str(int(text)) == text:
        return int(text)
    if _FLOAT.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return text


def scalars(node: Node) -> Iterator[Scalar]:
    """Yield every value below a node, in the order they were written."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalars(item)
    else:
        for entry in node.entries.values():
            yield from scalars(entry.node)


def flow(value: object) -> str:
    """Return plain data as YAML on one line, with every text in double quotes.

    JSON is that (https://yaml.org/spec/1.2.2/#12-yaml-history), once the characters that YAML
    cannot print are escapes as well.
    """
    return _UNPRINTABLE.sub(
        lambda match: f"\\u{ord(match.group()):04x}", json.dumps(value, ensure_ascii=False)
    )


def other_reading(text: str) -> str | None:
    """Return what a reader of YAML 1.1, or of 1.2, takes an unquoted text for, if not for text."""
    resolver: Any = yaml.resolver.Resolver()
    tag = resolver.resolve(yaml.ScalarNode, text, (True, False)).rpartition(":")[2]
    words = {"str": None, "bool": "a boolean", "timestamp": "a date", "null": "an empty value"}
    if _NUMBER.fullmatch(text):
        return "a number"
    return words.get(tag, "a number")


def parse_yaml(source: Source, start: int = 0, end: int | None = None) -> Node | None:
    """Parse the one YAML document between two offsets of a source; None when it is empty.

    Raises `AgentgenError` with the place of whatever is not YAML, or not allowed here.
    """
    text = source.text[start:end]
    if bad := _FORBIDDEN.search(text):
        place = source.at(start + bad.start())
        message = f"the character U+{ord(bad.group()):04X} is not allowed in YAML"
        raise fail("invalid-yaml", message, place)
    try:
        return _Composer(source, start, text).document()
    except yaml.MarkedYAMLError as error:
        problem = yaml_problem(
            text,
            error.problem or "",
            _offset(error.problem_mark, text),
            _offset(error.context_mark, text),
        )
        place = source.at(start + problem.start, start + problem.end)
        raise fail("invalid-yaml", problem.message, place, help=problem.help) from None


def _offset(mark: Any, text: str) -> int:
    return 0 if mark is None else min(int(mark.index), len(text))


class _Composer:
    """Walks the parser's events, counting as it goes, and builds the tree."""

    def __init__(self, source: Source, base: int, text: str) -> None:
        self.source = source
        self.base = base
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.nodes = 0
        self.duplicates: list[Diagnostic] = []

    def document(self) -> Node | None:
        next(self.events)
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return None
        node = self.node(next(self.events), 0)
        next(self.events)
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self.refuse(
                after, "there is a second YAML document here; one is all there can be"
            )
        if self.duplicates:
            raise AgentgenError(self.duplicates)
        return node

    def node(self, event: Any, depth: int) -> Node:
        self.guard(event, depth)
        start = self.base + event.start_mark.index
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0]
            return Scalar(self.source, start, self.end(event), event.value, plain)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.node(event, depth + 1))
            return Sequence(self.source, start, self.end(event), tuple(items))
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            entry = self.entry(event, depth)
            self.add(entries, entry)
        return Mapping(self.source, start, self.end(event), entries)

    def end(self, event: Any) -> int:
        return self.base + int(event.end_mark.index)

    def entry(self, event: Any, depth: int) -> Entry:
        if not isinstance(event, yaml.ScalarEvent):
            raise self.refuse_key(event)
        key = self.node(event, depth + 1)
        assert isinstance(key, Scalar)  # noqa: S101 - a scalar event makes a scalar
        if not isinstance(key.value, str) or (key.plain and key.text == "<<"):
            what = "a merge key" if key.text == "<<" else kind(key)
            raise fail(
                "invalid-yaml",
                f"a key must be text; this one is {what}",
                location(key),
                help=None if key.text == "<<" else f'write it in quotes: `"{key.text}":`',
            )
        return Entry(key, self.node(next(self.events), depth + 1))

    def add(self, entries: dict[str, Entry], entry: Entry) -> None:
        name = entry.key.text
        if name not in entries:
            entries[name] = entry
            return
        first = Note("the first one is at", location(entries[name].key))
        message = f"the key {quoted(name)} stands here a second time"
        place = location(entry.key)
        self.duplicates.append(Diagnostic("duplicate-key", message, place, notes=(first,)))

    def guard(self, event: Any, depth: int) -> None:
        self.nodes += 1
        refusals: tuple[tuple[bool, str], ...] = (
            (isinstance(event, yaml.AliasEvent), "an alias (`*name`) is not allowed here"),
            (getattr(event, "anchor", None) is not None, "an anchor (`&name`) is not allowed here"),
            (getattr(event, "tag", None) is not None, "a tag (`!name`) is not allowed here"),
            (depth > DEEPEST, f"this is nested more than {DEEPEST} levels deep"),
            (self.nodes > MOST_NODES, f"there are more than {MOST_NODES:,} values in this file"),
            (
                isinstance(event, yaml.ScalarEvent) and len(event.value) > LONGEST_SCALAR,
                f"this value is longer than {LONGEST_SCALAR:,} characters",
            ),
        )
        for refused, message in refusals:
            if refused:
                raise self.refuse(event, message)

    def refuse(self, event: Any, message: str) -> AgentgenError:
        mark = event.start_mark.index
        character = self.source.text[self.base + mark : self.base + mark + 1]
        quote = 'a value that begins with `*`, `&` or `!` needs quotes: `"…"`'
        return fail(
            "invalid-yaml",
            message,
            self.source.at(self.base + mark),
            help=quote if character in ("*", "&", "!") and character else None,
        )

    def refuse_key(self, event: Any) -> AgentgenError:
        start = self.base + event.start_mark.index
        if self.source.text.startswith("{{", start - 1):
            problem = template_problem(self.source.text, start - 1)
            place = self.source.at(problem.start, problem.end)
            return fail("invalid-yaml", problem.message, place, help=problem.help)
        return fail(
            "invalid-yaml", "a key must be text, not a list or a mapping", self.source.at(start)
        )
