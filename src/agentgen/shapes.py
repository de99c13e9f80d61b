"""What is known about a value before it is there: from the JSON Schema, and from the data at hand.

Shapes are plain data, because the process that checks templates gets them as JSON:

    {"is": "mapping", "keys": {NAME: SHAPE}}    these keys can be there; others cannot
    {"is": "list", "item": SHAPE}
    {"is": "tuple", "items": [SHAPE, …]}
    {"is": "text"} {"is": "number"} {"is": "boolean"} {"is": "anything"}
"""

from typing import Any

ShapeData = dict[str, Any]

ANYTHING: ShapeData = {"is": "anything"}
TEXT: ShapeData = {"is": "text"}
NUMBER: ShapeData = {"is": "number"}
BOOLEAN: ShapeData = {"is": "boolean"}


def list_of(item: ShapeData) -> ShapeData:
    """Return the shape of a list whose items have a shape."""
    return {"is": "list", "item": item}


def tuple_of(*items: ShapeData) -> ShapeData:
    """Return the shape of a tuple."""
    return {"is": "tuple", "items": list(items)}


def mapping_of(keys: dict[str, ShapeData]) -> ShapeData:
    """Return the shape of a mapping."""
    return {"is": "mapping", "keys": keys}


def either(one: ShapeData, other: ShapeData) -> ShapeData:
    """Return the shape of a value that has one shape or the other."""
    if one == other:
        return one
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
