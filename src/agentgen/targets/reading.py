"""A client's own file taken apart: its keys as the client reads them, and the text behind them."""

import math
from collections.abc import Mapping
from typing import Any

from agentgen.diagnostics import Location, Source, fail
from agentgen.frozen import Frozen, field
from agentgen.patterns import pattern
from agentgen.source import Mapping as MappingNode
from agentgen.source import Node, Scalar, Sequence, read_front_matter
from agentgen.source.nodes import location
from agentgen.tools import tool_names

Keys = dict[str, Any]
"""Front matter as a client reads it: plain data; what is None or empty is not written."""

RULE = "invalid-front-matter"
AS_WRITTEN = ("name", "description", "model", "icon", "version")
"""Keys whose value is text, whatever YAML makes of it."""

HINT = "argument-hint"
"""Of commands. Its usual form, `[message]`, would be a list."""

_NUMBER = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


class Part(Frozen):
    """One agent or prompt of a client's file: keys, text, and where in the file it stands.

    `has_keys` is false for a file that has no front matter at all.
    """

    keys: Keys
    body: str = field(repr=False)
    place: Location
    has_keys: bool = True


class Said(Frozen):
    """What a client's keys say in words that every client has; None or nothing: they do not say.

    `names` are what may be meant as the name, the likeliest first. `tools` are the client's own
    names, all of which are allowed, and nothing else.
    """

    names: tuple[str, ...] = ()
    description: str | None = None
    model: str | None = None
    tools: tuple[str, ...] | None = None


def said_plainly(keys: Mapping[str, Any]) -> Said:
    """Return what keys say that have the same names as in a source."""
    return Said(
        texts(keys.get("name")),
        text(keys.get("description")),
        text(keys.get("model")),
        names(keys.get("tools")),
    )


def text(value: object) -> str | None:
    """Return a value that is a text with something in it."""
    return value if isinstance(value, str) and value.strip() else None


def texts(*values: object) -> tuple[str, ...]:
    """Return those values that are texts with something in them."""
    return tuple(each for each in map(text, values) if each is not None)


def names(value: object) -> tuple[str, ...] | None:
    """Return the names in a list or a comma-separated text; None where it is something else."""
    if isinstance(value, str):
        return tuple(tool_names(value))
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    return None


def split_front_matter(source: Source) -> list[Part]:
    """Return the one part of a Markdown file. Raises `AgentgenError` for bad front matter."""
    matter = read_front_matter(source)
    if matter is None:
        return [Part({}, source.text, source.whole(), has_keys=False)]
    return [Part(keys_of(matter.mapping), source.text[matter.body :], source.at(0, 3))]


def keys_of(mapping: MappingNode) -> Keys:
    """Return a mapping as clients read it: by YAML 1.2, and what is meant as text is text."""
    return {
        key: entry.node.text
        if key in AS_WRITTEN and isinstance(entry.node, Scalar) and entry.node.value is not None
        else _as_it_stands(entry.node)
        if key == HINT and isinstance(entry.node, Sequence)
        else _value(entry.node)
        for key, entry in mapping.entries.items()
    }


def _as_it_stands(node: Node) -> str:
    return node.source.text[node.start : node.end].strip()


def _value(node: Node) -> Any:
    """Return plain data; a number is one, however it is written."""
    if isinstance(node, MappingNode):
        return {key: _value(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [_value(item) for item in node.items]
    if node.plain and isinstance(node.value, str) and _NUMBER.fullmatch(node.text):
        number = float(node.text)
        return number if math.isfinite(number) else node.text
    return node.value


def parts_below(key: str, body: str, node: Node | None, source: Source) -> list[Part]:
    """Return the mappings in the list at a key of a YAML file; `body` is the key of their text.

    Raises `AgentgenError` where there is no such list.
    """
    found = node.entries.get(key) if isinstance(node, MappingNode) else None
    if found is None or not isinstance(found.node, Sequence):
        raise fail(RULE, f"this file has no list `{key}`", source.whole())
    parts = []
    for item in found.node.items:
        if not isinstance(item, MappingNode):
            raise fail(RULE, f"each of `{key}` must be a mapping", location(item))
        keys = keys_of(item)
        instructions = keys.pop(body, "")
        if not isinstance(instructions, str):
            raise fail(RULE, f"`{body}` must be text", location(item.entries[body].node))
        parts.append(Part(keys, instructions, source.at(item.start)))
    return parts
