"""What Jinja2's filters, loops and Python's methods make of a value's shape."""

from agentgen.environment.absence import present
from agentgen.shapes import (
    ANYTHING,
    BOOLEAN,
    NUMBER,
    TEXT,
    ShapeData,
    any_of,
    derived,
    item,
    key,
    list_of,
    mapping_of,
    tuple_of,
)

_SAME_LIST = frozenset({"sort", "unique", "reverse", "list"})
_CHOOSING = frozenset({"select", "reject", "selectattr", "rejectattr"})
_ONE_ITEM = frozenset({"first", "last", "min", "max", "random"})
_TO_TEXT = frozenset(
    {
        "capitalize", "center", "escape", "e", "filesizeformat", "forceescape", "format", "indent",
        "join", "lower", "pprint", "replace", "safe", "string", "striptags", "title", "tojson",
        "trim", "truncate", "upper", "urlencode", "urlize", "wordwrap", "xmlattr",
    }
)  # fmt: skip
_TO_NUMBER = frozenset({"abs", "count", "float", "int", "length", "round", "sum", "wordcount"})
_LENGTH = frozenset({"count", "length"})
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
    if shape["is"] in ("list", "anything"):
        return item(shape)
    if shape["is"] == "tuple":
        return any_of(shape["items"])
    return derived(TEXT if shape["is"] in ("mapping", "text") else ANYTHING, shape)


def filtered(name: str, shape: ShapeData, attribute: str | None) -> ShapeData:
    """Return the shape of a value behind a filter."""
    if name in _LENGTH and shape["is"] == "list":
        return {**NUMBER, "at": shape["at"]} if "at" in shape else derived(NUMBER, shape)
    if name in _TO_TEXT or name in _TO_NUMBER:
        is_below = attribute and shape["is"] == "list"
        source = below(item(shape), attribute or "") if is_below else shape
        return derived(TEXT if name in _TO_TEXT else NUMBER, source)
    if name in ("items", "dictsort"):
        return _pairs(shape)
    if shape["is"] == "list":
        return _filtered_list(name, shape, attribute)
    return derived(ANYTHING, shape)


def _filtered_list(name: str, shape: ShapeData, attribute: str | None) -> ShapeData:
    if name in _CHOOSING:
        return {**shape, "item": _chosen(shape["item"], attribute)}
    if name in _SAME_LIST:
        return shape
    if name in _ONE_ITEM:
        return item(shape)
    if name in ("batch", "slice"):
        return list_of(shape)
    if name == "map":
        one = item(shape)
        return list_of(derived(ANYTHING, one) if attribute is None else below(one, attribute))
    if name == "groupby":
        one = item(shape)
        grouper = below(one, attribute) if attribute else derived(ANYTHING, one)
        group = mapping_of({"grouper": grouper, "list": shape})
        return list_of({**group, "items": [grouper, shape]})
    return derived(ANYTHING, shape)


def _chosen(one: ShapeData, attribute: str | None) -> ShapeData:
    """Return the shape of items that were chosen by what they have: what was asked for is there."""
    name = (attribute or "").partition(".")[0]
    if name and one["is"] == "mapping" and name not in one["keys"]:
        return {**one, "keys": {**one["keys"], name: ANYTHING}}
    return present(one)


def call_method(owner: ShapeData, name: str) -> ShapeData:
    """Return the shape of what a method gives."""
    if owner["is"] == "mapping":
        if name == "items":
            return _pairs(owner)
        if name == "keys":
            return list_of(derived(TEXT, owner))
        return list_of(_value(owner)) if name == "values" else derived(ANYTHING, owner)
    if owner["is"] == "text":
        if name in _TEXT_METHODS:
            return derived(TEXT, owner)
        if name in ("split", "rsplit", "splitlines"):
            return list_of(derived(TEXT, owner))
    return derived(ANYTHING, owner)


def below(shape: ShapeData, attribute: str) -> ShapeData:
    """Return the shape of what a dotted attribute leads to."""
    for name in attribute.split("."):
        shape = item(shape) if name.isdigit() else key(shape, name)
    return shape


def _pairs(shape: ShapeData) -> ShapeData:
    if shape["is"] != "mapping":
        return derived(ANYTHING, shape)
    return list_of(tuple_of(derived(TEXT, shape), _value(shape)))


def _value(shape: ShapeData) -> ShapeData:
    """Return the shape of any value of a mapping."""
    return derived(any_of(list(shape["keys"].values())), shape)
