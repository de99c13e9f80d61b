"""What the text of a scalar stands for: here, to other readers, and written so that all agree.

Values are resolved as YAML 1.2's core schema does (https://yaml.org/spec/1.2.2/#103-core-schema),
with one rule on top: a number whose plain printing differs from what was written (`1.10`, `012`,
`1e3`) stays text, so that a template prints it as its author wrote it.
"""

import json
from functools import cache
from typing import Any

from agentgen.patterns import pattern
from agentgen.source.pyyaml import yaml

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = pattern(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT = pattern(r"-?[0-9]{1,17}\.[0-9]{1,17}")
_NUMBER = pattern(
    r"[-+]?(?:0o[0-7]+|0x[0-9a-fA-F]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_UNPRINTABLE = pattern("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def resolve(text: str) -> bool | int | float | str | None:
    """Return the value that an unquoted scalar stands for."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text) and str(int(text)) == text:
        return int(text)
    if _FLOAT.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return text


def flow(value: object) -> str:
    """Return plain data as YAML on one line, with every text in double quotes.

    JSON is that (https://yaml.org/spec/1.2.2/#12-yaml-history), once the characters that YAML
    cannot print are escapes as well.
    """
    return _UNPRINTABLE.sub(
        lambda match: f"\\u{ord(match.group()):04x}", json.dumps(value, ensure_ascii=False)
    )


@cache
def _resolver() -> Any:
    return yaml.resolver.Resolver()


def other_reading(text: str) -> str | None:
    """Return what a reader of YAML 1.1, or of 1.2, takes an unquoted text for, if not for text."""
    tag = _resolver().resolve(yaml.ScalarNode, text, (True, False)).rpartition(":")[2]
    words = {"str": None, "bool": "a boolean", "timestamp": "a date", "null": "an empty value"}
    if _NUMBER.fullmatch(text):
        return "a number"
    return words.get(tag, "a number")
