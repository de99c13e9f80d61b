"""What is known about a value before it is there: from the JSON Schema, and from the data at hand.

Shapes are plain data, because the process that checks templates gets them as JSON:

    {"is": "mapping", "keys": {NAME: SHAPE}}    these keys can be there; others cannot
    {"is": "list", "item": SHAPE}
    {"is": "tuple", "items": [SHAPE, …]}
    {"is": "text"} {"is": "number"} {"is": "boolean"} {"is": "anything"}

Whoever follows values through a template adds to a shape where they come from: `"at"` maps the
paths that lead there (`("schema", "languages", ITEM, "name")`) to the place in the template that
names them. What lies below a shape comes from below its paths.
"""

from collections.abc import Iterable
from typing import Any

ShapeData = dict[str, Any]
Path = tuple[str | int, ...]
Origins = dict[Path, Any]

ANYTHING: ShapeData = {"is": "anything"}
TEXT: ShapeData = {"is": "text"}
NUMBER: ShapeData = {"is": "number"}
BOOLEAN: ShapeData = {"is": "boolean"}

ITEM = -1
"""The step from a list to its items, in a path."""
ALL = -2
"""The last step of a path that means a value and all that lies below it."""

LONGEST_PATH = 24
"""Steps; what lies deeper is one."""
MOST_ORIGINS = 50
"""Of one value; beyond them it comes from anywhere below their first steps."""

_SINGLE = ("text", "number", "boolean")


def dotted(path: Path) -> str:
    """Return a path as people write it: `schema.languages[].name`, `languages[0]`."""
    steps = (
        f".{step}" if isinstance(step, str) else "[]" if step == ITEM else f"[{step}]"
        for step in path
    )
    return "".join(steps).removeprefix(".")


def list_of(item: ShapeData) -> ShapeData:
    """Return the shape of a list whose items have a shape."""
    return {"is": "list", "item": item}


def tuple_of(*items: ShapeData) -> ShapeData:
    """Return the shape of a tuple."""
    return {"is": "tuple", "items": list(items)}


def mapping_of(keys: dict[str, ShapeData]) -> ShapeData:
    """Return the shape of a mapping."""
    return {"is": "mapping", "keys": keys}


def item(shape: ShapeData) -> ShapeData:
    """Return the shape of a list's items, or of what a value has if it is a list."""
    return _below(shape, shape["item"] if shape["is"] == "list" else ANYTHING, ITEM)


def key(shape: ShapeData, name: str) -> ShapeData:
    """Return the shape of a key's value, or of what a value has if it is such a mapping."""
    keys = shape["keys"] if shape["is"] == "mapping" else {}
    return _below(shape, keys.get(name, ANYTHING), name)


def _below(shape: ShapeData, child: ShapeData, step: str | int) -> ShapeData:
    if "at" not in shape:
        return child
    below = {_longer(path, step): place for path, place in shape["at"].items()}
    return _from(child, _joined((child.get("at", {}), below)))


def _longer(path: Path, step: str | int) -> Path:
    if path[-1] == ALL:
        return path
    return (*path, step if len(path) < LONGEST_PATH else ALL)


def origins(shape: ShapeData) -> Origins:
    """Return the paths that a value comes from; of a value that is put together, its parts'."""
    if "at" in shape:
        found: Origins = shape["at"]
        return found
    return _joined(map(origins, _parts(shape)))


def all_origins(shape: ShapeData) -> Origins:
    """Return the paths that a value comes from, with all that lies below them."""
    if "at" not in shape:
        return _joined(map(all_origins, _parts(shape)))
    if shape["is"] in _SINGLE:
        return origins(shape)
    return {_longer(path, ALL): place for path, place in origins(shape).items()}


def derived(shape: ShapeData, *sources: ShapeData) -> ShapeData:
    """Return a shape with all that its value is made from as its origin."""
    return _from(shape, _joined(map(all_origins, sources)))


def blurred(*shapes: ShapeData) -> ShapeData:
    """Return the shape of a value that may be any of these, when nothing is to be said of it."""
    parts = (shape["at"] if "at" in shape else all_origins(shape) for shape in shapes)
    return _from(ANYTHING, _joined(parts))


def _from(shape: ShapeData, found: Origins) -> ShapeData:
    plain = {name: value for name, value in shape.items() if name != "at"}
    return {**plain, "at": found} if found else plain


def _joined(found: Iterable[Origins]) -> Origins:
    joined: Origins = {}
    for each in found:
        for path, place in each.items():
            joined.setdefault(path, place)
    if len(joined) > MOST_ORIGINS:
        return {(path[0], ALL): place for path, place in joined.items()}
    return joined


def _parts(shape: ShapeData) -> list[ShapeData]:
    if shape["is"] == "list":
        return [shape["item"]]
    if shape["is"] == "tuple":
        return list(shape["items"])
    return list(shape["keys"].values()) if shape["is"] == "mapping" else []


def either(one: ShapeData, other: ShapeData) -> ShapeData:
    """Return the shape of a value that has one shape or the other."""
    if one == other:
        return one
    if "at" in one or "at" in other:
        plain = [{name: each[name] for name in each if name != "at"} for each in (one, other)]
        merged = either(*plain)
        if merged["is"] == "anything":
            return blurred(one, other)
        parts = (each["at"] if "at" in each else all_origins(each) for each in (one, other))
        return _from(merged, _joined(parts))
    if one["is"] == other["is"] == "mapping":
        keys = dict(one["keys"])
        for name, shape in other["keys"].items():
            keys[name] = either(keys[name], shape) if name in keys else shape
        return mapping_of(keys)
    if one["is"] == other["is"] == "list":
        return list_of(either(one["item"], other["item"]))
    return ANYTHING


def any_of(shapes: list[ShapeData]) -> ShapeData:
    """Return the shape of a value that has any of the shapes; of nothing, anything."""
    result = shapes[0] if shapes else ANYTHING
    for shape in shapes[1:]:
        result = either(result, shape)
    return result


def of_data(data: object) -> ShapeData:
    """Return the shape of plain data."""
    if isinstance(data, dict):
        return mapping_of({str(key): of_data(value) for key, value in data.items()})
    if isinstance(data, list):
        return list_of(any_of([of_data(item) for item in data]))
    if isinstance(data, bool):
        return BOOLEAN
    if isinstance(data, (int, float)):
        return NUMBER
    return TEXT if isinstance(data, str) else ANYTHING
