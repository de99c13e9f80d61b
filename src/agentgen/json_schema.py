"""Walks beside data through a JSON Schema: which part describes a key, its defaults, its types."""

from collections.abc import Iterator
from typing import Any, cast

from agentgen.model import Data
from agentgen.shapes import (
    BOOLEAN,
    NUMBER,
    TEXT,
    ShapeData,
    any_of,
    list_of,
    mapping_of,
    of_data,
)
from agentgen.source import Mapping, Node, Scalar, Sequence

TEXT_OR_NUMBER = ["string", "number"]
JsonSchema = dict[str, Any]
"""A JSON Schema (draft 2020-12) as parsed JSON."""


class Shape:
    """One subschema, with the document that its local `$ref`s point into."""

    def __init__(self, root: JsonSchema, here: object = None) -> None:
        self._root = root
        self._here = self._resolved(root if here is None else here)

    def _resolved(self, schema: Any) -> JsonSchema:
        while isinstance(schema, dict) and "$ref" in schema:
            target: Any = self._root
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            schema = {**target, **{key: schema[key] for key in schema if key != "$ref"}}
        return schema if isinstance(schema, dict) else {}

    @property
    def said(self) -> JsonSchema:
        """The keywords of this subschema, and what they say."""
        return self._here

    @property
    def refuses_something(self) -> bool:
        """Say whether there are keys or items that it does not let be at all."""
        parts = (self._here.get("items"), self._here.get("additionalProperties"))
        return False in (*parts, *self._here.get("properties", {}).values())

    @property
    def type(self) -> str | None:
        """The one type that is asked for, if it is one.

        What may be a number for editors, which read `1.10` as one, is text as it is written here.
        """
        wanted = self._here.get("type")
        if wanted == TEXT_OR_NUMBER:
            return "string"
        return wanted if isinstance(wanted, str) else None

    @property
    def has_default(self) -> bool:
        """Say whether a value that is absent has a default."""
        return "default" in self._here

    @property
    def default(self) -> Data:
        """A fresh copy of the default, itself filled in."""
        return filled(_copy(self._here["default"]), self)

    @property
    def properties(self) -> dict[str, "Shape"]:
        """The keys that it names."""
        named = self._here.get("properties", {})
        return {key: Shape(self._root, value) for key, value in named.items()}

    @property
    def description(self) -> str:
        """What it is for, in a sentence or two; empty where nothing is said about it."""
        return str(self._here.get("description", ""))

    @property
    def required(self) -> frozenset[str]:
        """The keys that must be there."""
        return frozenset(self._here.get("required", ()))

    def child(self, step: str | int) -> "Shape":
        """Return the shape of one key or item; an empty one where nothing is said about it."""
        if isinstance(step, int):
            return Shape(self._root, self._here.get("items", {}))
        named = self._here.get("properties", {})
        other = self._here.get("additionalProperties", {})
        return Shape(self._root, named.get(step, other))


_SAYS_NOTHING = frozenset({"$id", "$schema", "title", "description", "examples", "default"})
_UNDERSTOOD = frozenset(
    {"type", "minLength", "required", "properties", "additionalProperties", "items"}
)
_TYPES: dict[str, type] = {"string": str, "boolean": bool, "object": dict, "array": list}


def is_surely_valid(data: Data, shape: Shape) -> bool:
    """Say whether data is valid beyond doubt, so that no validator has to be loaded to say so.

    Understands the few keywords that project schemas are described with. Where it meets another,
    or data that is not plainly as it should be, the answer is no, and the validator's word counts.
    """
    said = shape.said.keys() - _SAYS_NOTHING
    if not said:
        return True
    if not said <= _UNDERSTOOD or shape.refuses_something:
        return False
    if "type" in said and type(data) is not _TYPES.get(shape.type or ""):
        return False
    if isinstance(data, str):
        return len(data) >= int(shape.said.get("minLength", 0))
    if isinstance(data, list):
        item_shape = shape.child(0)
        return all(is_surely_valid(item, item_shape) for item in data)
    if isinstance(data, dict):
        return all(key in data for key in shape.said.get("required", ())) and all(
            is_surely_valid(value, shape.child(key)) for key, value in data.items()
        )
    return True


def construct(node: Node, shape: Shape) -> Data:
    """Turn a YAML tree into plain data; where the shape wants text, it is the text as written."""
    if isinstance(node, Mapping):
        return {key: construct(entry.node, shape.child(key)) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [construct(item, shape.child(0)) for item in node.items]
    if shape.type == "string" and node.value is not None:
        return node.text
    return cast("Data", node.value)


def filled(data: Data, shape: Shape) -> Data:
    """Return the data with every absent or empty key that has a default set to it, at every depth.

    An empty key counts as absent: that is what commenting out all that stands below it makes.
    """
    if isinstance(data, list):
        return [filled(item, shape.child(0)) for item in data]
    if not isinstance(data, dict):
        return data
    present = {key: filled(value, shape.child(key)) for key, value in data.items()}
    absent = {
        key: child.default
        for key, child in shape.properties.items()
        if data.get(key) is None and child.has_default
    }
    return present | absent


def unknown_keys(node: Node, shape: Shape) -> Iterator[tuple[Scalar, list[str]]]:
    """Yield each key that the shape does not name, with the keys that it does name and lacks."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from unknown_keys(item, shape.child(0))
    elif isinstance(node, Mapping):
        known = shape.properties
        for key, entry in node.entries.items():
            if key in known:
                yield from unknown_keys(entry.node, known[key])
            elif known:
                yield entry.key, [name for name in known if name not in node.entries]


def _copy(data: Data) -> Data:
    if isinstance(data, list):
        return [_copy(item) for item in data]
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return data


def expected(shape: Shape, data: Data = None) -> ShapeData:
    """Return what can be there: what the JSON Schema names, and what the data has."""
    kind = shape.type
    if kind is None or (data is not None and not _fits(data, kind)):
        return of_data(data)
    if kind == "object":
        present = data if isinstance(data, dict) else {}
        named = shape.properties
        keys = {name: expected(named[name], present.get(name)) for name in named}
        keys |= {
            name: expected(shape.child(name), value)
            for name, value in present.items()
            if name not in named
        }
        return mapping_of(keys)
    if kind == "array":
        items = data if isinstance(data, list) else []
        known = [expected(shape.child(0), item) for item in items]
        return list_of(any_of([*known, expected(shape.child(0))]))
    return {"string": TEXT, "boolean": BOOLEAN}.get(kind, NUMBER)


def _fits(data: Data, kind: str) -> bool:
    return isinstance(data, {"object": dict, "array": list}.get(kind, (str, int, float)))
