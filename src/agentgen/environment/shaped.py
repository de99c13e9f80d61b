"""What Jinja2's filters, loops and Python's methods make of a value's shape."""

from agentgen.shapes import (
    ANYTHING,
    BOOLEAN,
    NUMBER,
    TEXT,
    ShapeData,
    any_of,
    list_of,
    mapping_of,
    tuple_of,
)

_SAME_LIST = frozenset(
    {"sort", "select", "reject", "selectattr", "rejectattr", "unique", "reverse", "list"}
)
_ONE_ITEM = frozenset({"first", "last", "min", "max", "random"})
_TO_TEXT = frozenset(
    {
        "capitalize", "center", "escape", "e", "filesizeformat", "forceescape", "format", "indent",
        "join", "lower", "pprint", "replace", "safe", "string", "striptags", "title", "tojson",
        "trim", "truncate", "upper", "urlencode", "urlize", "wordwrap", "xmlattr",
    }
)  # fmt: skip
_TO_NUMBER = frozenset({"abs", "count", "float", "int", "length", "round", "sum", "wordcount"})
_TEXT_METHODS = frozenset(
    {
        "capitalize", "casefold", "center", "expandtabs", "format", "join", "ljust", "lower",
        "lstrip", "removeprefix", "removesuffix", "replace", "rjust", "rstrip", "strip",
        "swapcase", "title", "translate", "upper", "zfill",
    }
)  # fmt: skip
_LOOP = {
    **dict.fromkeys(
        ("index", "index0", "revindex", "revindex0", "length", "depth", "depth0"), NUMBER
    ),
    **dict.fromkeys(("first", "last"), BOOLEAN),
    **dict.fromkeys(("previtem", "nextitem", "cycle", "changed"), ANYTHING),
}


def loop_shape() -> ShapeData:
    """Return the shape of the variable `loop`."""
    return mapping_of(_LOOP)


def looped(shape: ShapeData) -> ShapeData:
    """Return the shape of what a loop over a value yields."""
    if shape["is"] == "list":
        item: ShapeData = shape["item"]
        return item
    if shape["is"] == "tuple":
        return any_of(shape["items"])
    return TEXT if shape["is"] in ("mapping", "text") else ANYTHING


def filtered(name: str, shape: ShapeData, attribute: str | None) -> ShapeData:
    """Return the shape of a value behind a filter."""
    if name in _TO_TEXT:
        return TEXT
    if name in _TO_NUMBER:
        return NUMBER
    if name in ("items", "dictsort"):
        return _pairs(shape)
    return _filtered_list(name, shape, attribute) if shape["is"] == "list" else ANYTHING


def _filtered_list(name: str, shape: ShapeData, attribute: str | None) -> ShapeData:
    if name in _SAME_LIST:
        return shape
    if name in _ONE_ITEM:
        return looped(shape)
    if name in ("batch", "slice"):
        return list_of(shape)
    if name == "map":
        return list_of(ANYTHING if attribute is None else _below(shape["item"], attribute))
    if name == "groupby":
        grouper = _below(shape["item"], attribute or "")
        return list_of(mapping_of({"grouper": grouper, "list": shape}))
    return ANYTHING


def call_method(owner: ShapeData, name: str, key: object) -> ShapeData:
    """Return the shape of what a method gives; `key` is its first argument, if it is a constant."""
    if owner["is"] == "mapping":
        methods = {
            "items": _pairs(owner),
            "keys": list_of(TEXT),
            "values": list_of(any_of(list(owner["keys"].values()))),
            "get": owner["keys"].get(key, ANYTHING) if isinstance(key, str) else ANYTHING,
        }
        return methods.get(name, ANYTHING)
    if owner["is"] == "text":
        if name in _TEXT_METHODS:
            return TEXT
        return list_of(TEXT) if name in ("split", "rsplit", "splitlines") else ANYTHING
    return ANYTHING


def _pairs(shape: ShapeData) -> ShapeData:
    if shape["is"] != "mapping":
        return ANYTHING
    return list_of(tuple_of(TEXT, any_of(list(shape["keys"].values()))))


def _below(shape: ShapeData, attribute: str) -> ShapeData:
    for name in attribute.split("."):
        if shape["is"] != "mapping":
            return ANYTHING
        shape = shape["keys"].get(name, ANYTHING)
    return shape
