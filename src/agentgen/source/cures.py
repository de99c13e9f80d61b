"""What a YAML parser's complaint means to the person who wrote the line, and what to write."""

import json
import re
from dataclasses import dataclass

_ENTRY = re.compile(
    r"(?P<lead>\s*(?:- +)?)(?P<key>[^\s:#'\"\[\]{},][^:]*?):[ \t]+(?P<value>\S.*?)[ \t]*"
)
_QUOTED = ("'", '"', "|", ">", "[")
LONGEST_CURE = 300
"""Characters; a longer line is named, not shown."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Offsets into the text that was parsed, what is wrong there, and what to write instead."""

    start: int
    end: int
    message: str
    help: str | None


def yaml_problem(text: str, offset: int, problem: str) -> Problem:
    """Explain libyaml's `problem` at a character offset of `text`."""
    line_start = text.rfind("\n", 0, offset) + 1
    line_end = text.find("\n", offset)
    line = text[line_start : len(text) if line_end < 0 else line_end]
    character = text[offset : offset + 1]
    cure = quoted_entry(line)
    if problem == "template":
        return Problem(offset, offset + 2, "an unquoted value cannot begin with `{{`", cure)
    if problem.startswith("mapping values are not allowed"):
        return _colon(offset, line, cure)
    if problem.startswith("found character") and character == "\t":
        return Problem(offset, offset + 1, "YAML cannot be indented with a tab", "use spaces")
    if problem.startswith("found character") and character:
        message = f"an unquoted value cannot begin with `{character}`"
        return Problem(offset, offset + 1, message, cure)
    if problem.startswith("found unexpected end of stream"):
        return Problem(offset, offset + 1, "a quote or a bracket is never closed", None)
    return Problem(offset, offset + 1, problem, cure if "{{" in line else None)


def quoted_entry(line: str) -> str | None:
    """Return the sentence that shows `key: value` with its value in double quotes, if it can be."""
    match = _ENTRY.fullmatch(line)
    if match is None or match["value"].startswith(_QUOTED) or len(line) > LONGEST_CURE:
        return None
    value = json.dumps(match["value"], ensure_ascii=False)
    return f"put the value in quotes: `{match['lead'].strip()}{match['key']}: {value}`"


def _colon(offset: int, line: str, cure: str | None) -> Problem:
    if cure is None or ": " not in line[line.index(":") + 1 :]:
        message = "this `:` cannot start a value here"
        return Problem(offset, offset + 1, message, "check the indentation, or quote the value")
    return Problem(offset, offset + 1, "an unquoted value cannot hold `: `", cure)
