"""What Python raised while a template ran, in the words of the template's author."""

import re

from agentgen.outcome import Problem
from agentgen.patterns import pattern
from agentgen.wording import quoted

_KINDS = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "a mapping",
    "NoneType": "an empty value",
    "builtin_function_or_method": "a function",
    "method": "a function",
    "function": "a function",
    "Macro": "a macro",
}
_JOIN = "`~` joins anything as text"
_TEST = "test for it first"

# Each is what Python says, what we say with the parts of it, and what to do about it. Kinds of
# values come as `{a}` and `{b}`, everything else as `{name}`.
_COMPLAINTS: tuple[tuple[str, str, str | None], ...] = (
    (r".*(?:division|modulo) by zero", "this divides by zero", "test the divisor first"),
    (
        r'can only concatenate (?P<a>\w+) \(not "(?P<b>\w+)"\) to \w+',
        "`+` cannot join {a} and {b}",
        _JOIN,
    ),
    (
        r"unsupported operand type\(s\) for \+: '(?P<a>\w+)' and '(?P<b>\w+)'",
        "`+` cannot join {a} and {b}",
        _JOIN,
    ),
    (
        r"unsupported operand type\(s\) for (?P<name>\S+).*: '(?P<a>\w+)' and '(?P<b>\w+)'",
        "{name} does not work with {a} and {b}",
        None,
    ),
    (
        r"can't multiply sequence by non-int of type '(?P<a>\w+)'",
        "text and lists are multiplied with whole numbers, not with {a}",
        None,
    ),
    (
        r"bad operand type for unary (?P<name>\S+): '(?P<a>\w+)'",
        "{name} does not work with {a}",
        None,
    ),
    (
        r"'(?P<name>\S+)' not supported between instances of '(?P<a>\w+)' and '(?P<b>\w+)'",
        "{name} cannot compare {a} with {b}",
        None,
    ),
    (r"'(?P<a>\w+)' object is not callable", "this calls {a}, as if it were a function", None),
    (
        r"(?:argument of type )?'(?P<a>\w+)'(?: object)? is not (?:iterable|a container.*)",
        "this goes through {a}, as if it were a list",
        None,
    ),
    (
        r"cannot unpack non-iterable (?P<a>\w+) object",
        "this takes {a} apart, as if it were a list",
        None,
    ),
    (
        r"(?:not enough|too many) values to unpack \(expected (?P<name>\d+).*",
        "this takes something apart into {name} names, and it has more or fewer parts",
        None,
    ),
    (
        r"(?:sync_)?do_(?P<filter>\w+)\(\) missing .*: '(?P<name>\w+)'.*",
        "the filter {filter} lacks its argument {name}",
        None,
    ),
    (
        r"(?:sync_)?do_(?P<filter>\w+)\(\) got an unexpected keyword argument '(?P<name>\w+)'",
        "the filter {filter} has no argument {name}",
        None,
    ),
    (
        r"(?:sync_)?do_(?P<filter>\w+)\(\) takes .*",
        "the filter {filter} does not take so many arguments",
        None,
    ),
    (r"substring not found|.* is not in list", "what is looked for is not there", _TEST),
    (r"unknown encoding: (?P<name>.*)", "there is no encoding {name}", None),
    (
        r"Exceeds the limit \(\d+ digits\).*",
        "this number has too many digits to be printed",
        None,
    ),
)
_PATTERNS = tuple((pattern(text), said, help) for text, said, help in _COMPLAINTS)

_CHANGING = frozenset((
    "add", "append", "appendleft", "clear", "difference_update", "discard", "extend",
    "extendleft", "insert", "intersection_update", "pop", "popitem", "popleft", "remove",
    "reverse", "rotate", "setdefault", "sort", "symmetric_difference_update", "update",
))  # fmt: skip
_ATTRIBUTE = pattern(r"access to attribute '(?P<name>[^']*)' of '(?P<a>\w+)' object is unsafe\.?")


def of_python(error: Exception) -> Problem | None:
    """Return the problem for what Python raised; None where there are no better words for it."""
    rule = "failing-template"
    if isinstance(error, KeyError) and error.args:
        return Problem(rule, f"there is no key {quoted(error.args[0])} here")
    if isinstance(error, IndexError):
        return Problem(rule, "this asks for more values than there are")
    text = str(error).strip()
    for known, said, help in _PATTERNS:
        if (match := known.fullmatch(text)) is not None and _is_known(match):
            return Problem(rule, said.format_map(_parts(match)), help=help)
    return None


def of_sandbox(error: Exception) -> Problem:
    """Return the problem for what the sandbox refused."""
    match = _ATTRIBUTE.fullmatch(str(error).strip())
    if match is None:
        return Problem("unsafe-template", "this calls what no template may call")
    name = match["name"]
    if name in _CHANGING:
        message = f"{quoted(name)} would change {_parts(match)['a']}, and no template changes data"
    else:
        message = f"{quoted(name)} leads to what lies below the data, where no template may go"
    return Problem("unsafe-template", message, word=f".{name}")


def _is_known(match: re.Match[str]) -> bool:
    """Say whether the kinds of values that are named are ones that we have words for."""
    found = match.groupdict()
    return all(found.get(name) is None or found[name] in _KINDS for name in ("a", "b"))


def _parts(match: re.Match[str]) -> dict[str, str]:
    return {
        name: _KINDS.get(text, "a value") if name in ("a", "b") else quoted(text)
        for name, text in match.groupdict().items()
        if text is not None
    }
