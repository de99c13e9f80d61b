"""TOML that anybody may have written: read in a time in proportion to its length."""

import re
from typing import Any

from agentgen.patterns import pattern

MOST_PARTS = 100
"""Of one dotted key. The parser's time grows with the square of their number."""

_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*"""
_KEY = pattern(rf"{_PART}(?:\.[ \t]*{_PART})*", re.ASCII)
_PARTS = pattern(_PART, re.ASCII)


class NestedTooDeeply(ValueError):
    """There is more below more than anybody writes."""

    def __init__(self) -> None:
        super().__init__("this is nested too deeply")


def read_toml(text: str) -> dict[str, Any]:
    """Return what a TOML file says. Raises `ValueError`, and its own kind for too deep nesting."""
    import tomllib  # many a run reads none

    if _has_a_long_key(text):
        raise NestedTooDeeply
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise NestedTooDeeply from None


def _has_a_long_key(text: str) -> bool:
    may_be = (match[0] for match in _KEY.finditer(text) if match[0].count(".") >= MOST_PARTS)
    return any(len(_PARTS.findall(each)) > MOST_PARTS for each in may_be)
