"""YAML as a tree of values that know where they stand."""

from collections.abc import Iterator

from agentgen.diagnostics import Location, Source, quoted
from agentgen.frozen import Frozen, field
from agentgen.source.scalars import resolve


class Scalar(Frozen):
    """A single value: its text, and whether it was written without quotes."""

    source: Source = field(repr=False)
    start: int
    end: int
    text: str
    plain: bool

    @property
    def value(self) -> object:
        """The plain value that the text stands for (see `scalars`)."""
        return resolve(self.text) if self.plain else self.text


class Sequence(Frozen):
    """A list of nodes."""

    source: Source = field(repr=False)
    start: int
    end: int
    items: "tuple[Node, ...]"

    @property
    def value(self) -> list[object]:
        """The list as plain data."""
        return [item.value for item in self.items]


class Entry(Frozen):
    """One `key: value` of a mapping."""

    key: Scalar
    node: "Node"


class Mapping(Frozen):
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


def scalars(node: Node, *, with_keys: bool = False) -> Iterator[Scalar]:
    """Yield every value below a node, in the order they were written; keys as well, if asked."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalars(item, with_keys=with_keys)
    else:
        for entry in node.entries.values():
            if with_keys:
                yield entry.key
            yield from scalars(entry.node, with_keys=with_keys)
