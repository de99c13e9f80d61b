"""What a YAML parser's complaint means to the person who wrote the line, and what to write."""

import json
import re
from dataclasses import dataclass, replace

_ENTRY = re.compile(
    r"(?P<lead>\s*(?:- +)*)(?:(?P<key>[^\s:#'\"\[\]{},-][^:]*?):[ \t]+)?"
    r"(?P<value>\S.*?)(?P<rest>[ \t]+#.*|[ \t]*)"
)
_KEY_VALUE = re.compile(r"[ \t]*(?P<key>[\w-]+):(?P<value>[^\s:/].*)")
_QUOTED = ("'", '"', "|", ">", "[")
_UNCLOSED = ("found unexpected end of stream", "did not find expected ',' or")
LONGEST_CURE = 300
"""Characters; a longer line is named, not shown."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Offsets into the text that was parsed, what is wrong there, and what to write instead."""

    start: int
    end: int
    message: str
    help: str | None


def yaml_problem(text: str, problem: str, offset: int, context: int) -> Problem:
    """Explain libyaml's `problem` at a character offset of `text`.

    `context` is the offset where what it was reading had begun.
    """
    line = _line(text, offset)
    character = text[offset : offset + 1]
    here = Problem(offset, offset + 1, problem, quoted_entry(line) if "{{" in line else None)
    if problem.startswith("mapping values are not allowed"):
        return _missing_blank(text, offset) or _colon(here, line)
    if problem.startswith("found character") and character == "\t":
        return replace(here, message="YAML cannot be indented with a tab", help="use spaces")
    if problem.startswith("found character"):
        name = "a backtick" if character == "`" else f"`{character}`"
        message = f"an unquoted value cannot begin with {name}"
        return replace(here, message=message, help=quoted_entry(line))
    if problem.startswith("did not find expected alphabetic"):
        message = f"an unquoted value cannot begin with `{text[context : context + 1]}`"
        return Problem(context, context + 1, message, quoted_entry(_line(text, context)))
    if (blank := _missing_blank(text, offset)) is not None:
        return blank
    opened = text[context : context + 1]
    if opened in ("'", '"', "[", "{") and opened and problem.startswith(_UNCLOSED):
        message = f"this `{opened}` is never closed"
        return Problem(context, context + 1, message, None)
    return here


def _missing_blank(text: str, offset: int) -> Problem | None:
    """Explain `key:value`, which YAML reads as one text, and finds wrong on the line below."""
    start = text.rfind("\n", 0, max(text.rfind("\n", 0, offset), 0)) + 1
    match = _KEY_VALUE.match(text, start, start + LONGEST_CURE)
    if match is None:
        return None
    message = f"there is no blank after `{match['key']}:`"
    cure = f"write `{match['key']}: {match['value']}`"
    return Problem(match.start("value"), match.start("value") + 1, message, cure)


def template_problem(text: str, offset: int) -> Problem:
    """Explain an unquoted value that begins with `{{` at an offset."""
    message = "an unquoted value cannot begin with `{{`"
    return Problem(offset, offset + 2, message, quoted_entry(_line(text, offset)))


def _line(text: str, offset: int) -> str:
    end = text.find("\n", offset)
    return text[text.rfind("\n", 0, offset) + 1 : len(text) if end < 0 else end]


def quoted_entry(line: str) -> str | None:
    """Return the sentence that shows a line with its value in double quotes, if it can be."""
    match = _ENTRY.fullmatch(line) if len(line) <= LONGEST_CURE else None
    if match is None or match["value"].startswith(_QUOTED):
        return None
    if match["key"] is None and "-" not in match["lead"]:
        return None
    key, value = match["key"], match["value"]
    if key and " " in key and "-" in match["lead"]:  # a sentence in a list, rather than a key
        key, value = None, line[match.start("key") : match.end("value")]
    entry = f"{key}: " if key else ""
    quoted = json.dumps(value, ensure_ascii=False)
    rest = match["rest"].rstrip()
    return f"put the value in quotes: `{match['lead'].lstrip()}{entry}{quoted}{rest}`"


def _colon(here: Problem, line: str) -> Problem:
    cure = quoted_entry(line)
    if cure is None or ": " not in line[line.index(":") + 1 :]:
        message = "this `:` cannot start a value here"
        return replace(here, message=message, help="check the indentation, or quote the value")
    return replace(here, message="an unquoted value cannot hold `: `", help=cure)
