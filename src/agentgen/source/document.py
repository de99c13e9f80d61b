"""YAML becomes a tree, from the parser's events, under a guard.

The parser is libyaml's, through PyYAML. Anchors, aliases, tags, duplicate keys and several
documents are refused: no agent needs them, and they are how small files become endless ones.
"""

import sys
from collections.abc import Iterator
from typing import Any

from agentgen.diagnostics import AgentgenError, Diagnostic, Edit, Note, Source, Span, fail, quoted
from agentgen.patterns import pattern
from agentgen.source.cures import Problem, template_problem, yaml_problem
from agentgen.source.edits import edited_text
from agentgen.source.nodes import Entry, Mapping, Node, Scalar, Sequence, kind, location
from agentgen.source.pyyaml import yaml
from agentgen.source.scalars import flow

DEEPEST = 20
"""Nesting levels."""
MOST_NODES = 1_000_000
LONGEST_SCALAR = 1024 * 1024
"""Characters."""
MOST_CURES = 20
"""In one text; a file with more mistakes is not mended by itself."""
LONGEST_MENDED = 64 * 1024
"""Characters; each cure is tried, and that parses the text once more."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = pattern("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def parse_yaml(
    source: Source, start: int = 0, end: int | None = None, most_nodes: int = MOST_NODES
) -> Node | None:
    """Parse the one YAML document between two offsets of a source; None when it is empty.

    Raises `AgentgenError` with the place of whatever is not YAML, or not allowed here.
    """
    text = source.text[start:end]
    if bad := _FORBIDDEN.search(text):
        place = source.at(start + bad.start())
        message = f"the character U+{ord(bad.group()):04X} is not allowed in YAML"
        raise fail("invalid-yaml", message, place)
    try:
        return _Composer(source, start, text, most_nodes).document()
    except yaml.MarkedYAMLError as error:
        raise _failure(source, start, text, _explained(error, text)) from None


def _failure(source: Source, start: int, text: str, problem: Problem) -> AgentgenError:
    """Return the error for a problem in the text that starts at an offset of a source."""
    place = source.at(start + problem.start, start + problem.end)
    edits = (problem.edit,) if problem.edit and _mends(text, problem) else ()
    moved = tuple(
        Edit(Span(start + each.span.start, start + each.span.end), each.text) for each in edits
    )
    return fail("invalid-yaml", problem.message, place, help=problem.help, edits=moved)


def _mends(text: str, problem: Problem) -> bool:
    """Say whether the text is YAML once its problem, and those behind it, are cured."""
    found: Problem | None = problem
    for _ in range(MOST_CURES):
        if found is None:
            return True
        if found.edit is None or len(text) > LONGEST_MENDED:
            return False
        text = edited_text(text, [found.edit])
        found = _first_problem(text)
    return False


def _first_problem(text: str) -> Problem | None:
    try:
        for _ in yaml.parse(text, Loader=_LOADER):
            pass
    except yaml.MarkedYAMLError as error:
        return _explained(error, text)
    return None


def _explained(error: yaml.MarkedYAMLError, text: str) -> Problem:
    at, context = _offset(error.problem_mark, text), _offset(error.context_mark, text)
    return yaml_problem(text, error.problem or "", at, context)


def _offset(mark: Any, text: str) -> int:
    return 0 if mark is None else min(int(mark.index), len(text))


class _Composer:
    """Walks the parser's events, counting as it goes, and builds the tree."""

    def __init__(self, source: Source, base: int, text: str, most_nodes: int) -> None:
        self.source = source
        self.base = base
        self.text = text
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.nodes = 0
        self.most_nodes = most_nodes
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
        event.value = sys.intern(event.value)  # all files have the same few keys
        key = self.node(event, depth + 1)
        assert isinstance(key, Scalar)  # noqa: S101 - a scalar event makes a scalar
        if not isinstance(key.value, str) or (key.plain and key.text == "<<"):
            what = "a merge key" if key.text == "<<" else kind(key)
            raise fail(
                "invalid-yaml",
                f"a key must be text; this one is {what}",
                location(key),
                help=None if key.text == "<<" else f'write it in quotes: `"{key.text}":`',
                edits=self.quoted_key(key),
            )
        return Entry(key, self.node(next(self.events), depth + 1))

    def quoted_key(self, key: Scalar) -> tuple[Edit, ...]:
        if key.text in ("", "<<") or self.source.text[key.start : key.end] != key.text:
            return ()
        return (Edit(Span(key.start, key.end), flow(key.text)),)

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
        is_marked = event.anchor is not None or event.tag is not None  # an alias has an anchor
        is_long = type(event) is yaml.ScalarEvent and len(event.value) > LONGEST_SCALAR
        if is_marked or is_long or depth > DEEPEST or self.nodes > self.most_nodes:
            raise self.refusal(event, depth)

    def refusal(self, event: Any, depth: int) -> AgentgenError:
        """Return what to say of an event that is more, or other, than is allowed."""
        refusals: tuple[tuple[bool, str], ...] = (
            (isinstance(event, yaml.AliasEvent), "an alias (`*name`) is not allowed here"),
            (event.anchor is not None, "an anchor (`&name`) is not allowed here"),
            (getattr(event, "tag", None) is not None, "a tag (`!name`) is not allowed here"),
            (depth > DEEPEST, f"this is nested more than {DEEPEST} levels deep"),
            (
                self.nodes > self.most_nodes,
                f"there are more than {self.most_nodes:,} values in this file",
            ),
        )
        too_long = f"this value is longer than {LONGEST_SCALAR:,} characters"
        said = (message for refused, message in refusals if refused)
        return self.refuse(event, next(said, too_long))

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
            problem = template_problem(self.text, start - 1 - self.base)
            return _failure(self.source, self.base, self.text, problem)
        return fail(
            "invalid-yaml", "a key must be text, not a list or a mapping", self.source.at(start)
        )
