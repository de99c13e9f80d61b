"""Keys of the project schema, as people write them: `schema.languages[0].name`."""

from collections.abc import Container, Iterator

from agentgen.diagnostics import AgentgenError, did_you_mean, fail, quoted
from agentgen.frozen import Frozen
from agentgen.model import Data
from agentgen.outcome import Path
from agentgen.patterns import pattern
from agentgen.shapes import ANYTHING, ITEM, ShapeData, dotted, item, key
from agentgen.source import Mapping, Node, Scalar, Sequence

ROOT = "schema"
_STEP = pattern(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d*)\]")


class Key(Frozen):
    """A key that was asked for: its path for all items of a list, and as it was written."""

    path: Path
    written: Path


def is_key(word: str) -> bool:
    """Say whether a word is written like a key of the project schema."""
    return word == ROOT or word.startswith((f"{ROOT}.", f"{ROOT}["))


def parse_key(text: str, shape: ShapeData, read: Container[Path] = ()) -> Key:
    """Return the key that a text means in a project schema of a shape.

    `[]`, or nothing, stands for every item of a list. `read` are paths that may be there as well.
    Raises `AgentgenError`, with the nearest key, for a key that the project schema cannot have.
    """
    path: list[str | int] = [ROOT]
    written: list[str | int] = [ROOT]
    for step in _steps(text):
        if shape["is"] == "list" and isinstance(step, str):
            shape = item(shape)
            path.append(ITEM)
            written.append(ITEM)
        if isinstance(step, int):
            known = shape["is"] in ("list", "anything")
            path.append(ITEM)
        else:
            known = shape["is"] == "anything" or step in shape.get("keys", {})
            path.append(step)
        written.append(step)
        if not known and tuple(path) not in read:
            raise _unknown(tuple(written), shape)
        below = key(shape, step) if isinstance(step, str) else item(shape)
        shape = below if known else ANYTHING
    return Key(tuple(path), tuple(written))


def _steps(text: str) -> Iterator[str | int]:
    position = len(ROOT)
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            help = "write it as `schema.languages[0].name`"
            raise fail("unknown-schema-key", f"{quoted(text)} is not a key", help=help)
        index = match["index"]
        yield match["name"] if index is None else int(index[:9]) if index else ITEM
        position = match.end()


def _unknown(written: Path, shape: ShapeData) -> AgentgenError:
    owner, last = dotted(written[:-1]), written[-1]
    near = did_you_mean(str(last), shape.get("keys", {}))
    if near is not None:
        near = near.replace("`", f"`{owner}.", 1)
    message = f"{quoted(dotted(written))} is not in the project schema"
    if shape["is"] not in ("mapping", "list"):
        message += f": {quoted(owner)} is a single value"
    return fail("unknown-schema-key", message, help=near)


def known_keys(shape: ShapeData, above: str = ROOT) -> Iterator[str]:
    """Yield every key of a project schema of a shape, without brackets for the items of lists."""
    while shape["is"] == "list":
        shape = shape["item"]
    for name, below in shape.get("keys", {}).items():
        yield f"{above}.{name}"
        yield from known_keys(below, f"{above}.{name}")


def values(data: Data, path: Path) -> Iterator[Data]:
    """Yield what a path without its root leads to: one value, or one for each item of a list."""
    if not path:
        yield data
        return
    step, rest = path[0], path[1:]
    if isinstance(data, list) and isinstance(step, int):
        for each in data if step == ITEM else data[step : step + 1]:
            yield from values(each, rest)
    elif isinstance(data, dict) and step in data:
        yield from values(data[str(step)], rest)


Found = tuple[Node, Scalar | None]


def nodes(node: Node, path: Path, name: Scalar | None = None) -> Iterator[Found]:
    """Yield the nodes that a path leads to in a YAML tree, each with the key that it is behind."""
    if not path:
        yield node, name
        return
    step, rest = path[0], path[1:]
    if isinstance(node, Sequence) and isinstance(step, int):
        for each in node.items if step == ITEM else node.items[step : step + 1]:
            yield from nodes(each, rest)
    elif isinstance(node, Mapping) and step in node.entries:
        entry = node.entries[str(step)]
        yield from nodes(entry.node, rest, entry.key)
