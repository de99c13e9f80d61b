"""What a YAML parser's complaint means to the person who wrote the line, and what to write."""

from agentgen.diagnostics import Edit, Span
from agentgen.frozen import Frozen, replace
from agentgen.patterns import pattern
from agentgen.source.scalars import flow

_HEAD = pattern(r"(?P<lead>\s*(?:- +)*)(?:(?P<key>[^\s:#'\"\[\]{},-][^:]*?):[ \t]+)?")
_COMMENT = pattern(r"[ \t]#")
_KEY_VALUE = pattern(r"[ \t]*(?P<key>[\w-]+):(?P<value>[^\s:/].*)")
_ENDED = pattern(
    r"""[ \t]*(?P<key>[\w-]+):[ \t]+"""
    r"""(?P<value>(?:\[[^\[\]{}"'#]*|"[^"\\]*(?=")|'[^']*(?='))(?P<end>[\]"'])"""
    r"""[ \t]*[^\s#,:'"][^#]*?)[ \t]*"""
)
_CLOSED = {"[": "]", '"': '"', "'": "'"}
_QUOTED = ("'", '"', "|", ">", "[")
_TAGS = ("{{", "{%", "{#")
_UNCLOSED = ("found unexpected end of stream", "did not find expected ',' or")
LONGEST_CURE = 300
"""Characters; a longer line is named, not shown."""


class Problem(Frozen):
    """Offsets into the text that was parsed, what is wrong there, and what to write instead.

    `edit` writes it, where it is the only thing that can have been meant.
    """

    start: int
    end: int
    message: str
    help: str | None
    edit: Edit | None = None


def yaml_problem(text: str, problem: str, offset: int, context: int) -> Problem:
    """Explain libyaml's `problem` at a character offset of `text`.

    `context` is the offset where what it was reading had begun.
    """
    character = text[offset : offset + 1]
    here = Problem(offset, offset + 1, problem, None)
    if problem.startswith("mapping values are not allowed"):
        return _missing_blank(text, offset) or _colon(here, text)
    if character == "\t" and problem.startswith(("found character", "found a tab")):
        return replace(here, message="YAML cannot be indented with a tab", help="use spaces")
    if problem.startswith("found character"):
        name = "a backtick" if character == "`" else f"`{character}`"
        return _quoting(replace(here, message=f"an unquoted value cannot begin with {name}"), text)
    if problem.startswith("did not find expected alphabetic"):
        message = f"an unquoted value cannot begin with `{text[context : context + 1]}`"
        return _quoting(Problem(context, context + 1, message, None), text)
    if (blank := _missing_blank(text, offset)) is not None:
        return blank
    if (more := _more_after_the_end(text, offset)) is not None:
        return more
    opened = text[context : context + 1]
    if opened in ("'", '"', "[", "{") and opened and problem.startswith(_UNCLOSED):
        message = f"this `{opened}` is never closed"
        return Problem(context, context + 1, message, None)
    return _quoting(here, text) if "{{" in _line(text, offset) else here


def _missing_blank(text: str, offset: int) -> Problem | None:
    """Explain `key:value`, which YAML reads as one text, and finds wrong on the line below."""
    start = text.rfind("\n", 0, max(text.rfind("\n", 0, offset), 0)) + 1
    match = _KEY_VALUE.match(text, start, start + LONGEST_CURE)
    if match is None:
        return None
    message = f"there is no blank after `{match['key']}:`"
    cure = f"write `{match['key']}: {match['value']}`"
    value = match.start("value")
    return Problem(value, value + 1, message, cure, Edit(Span(value, value), " "))


def _more_after_the_end(text: str, offset: int) -> Problem | None:
    """Explain `key: [file] [line]`, or text after a closing quote: YAML sees the end before it."""
    start, end = _line_bounds(text, offset)
    match = _ENDED.fullmatch(text[start:end]) if end - start <= LONGEST_CURE else None
    if match is None or _CLOSED[match["value"][0]] != match["end"]:
        return None
    value, written = match.start("value") + start, in_quotes(match["value"])
    message = f"there is more after the `{match['end']}` that ends this value"
    cure = f"put the whole in quotes: `{match['key']}: {written}`"
    span = Span(value, value + len(match["value"]))
    edit = None if "tools" in match["key"].lower() else Edit(span, written)
    return Problem(offset, offset + 1, message, cure, edit)


def template_problem(text: str, offset: int) -> Problem:
    """Explain an unquoted value that begins with `{{` at an offset."""
    message = "an unquoted value cannot begin with `{{`"
    return _quoting(Problem(offset, offset + 2, message, None), text)


def _line(text: str, offset: int) -> str:
    start, end = _line_bounds(text, offset)
    return text[start:end]


def _line_bounds(text: str, offset: int) -> tuple[int, int]:
    end = text.find("\n", offset)
    return text.rfind("\n", 0, offset) + 1, len(text) if end < 0 else end


class _Entry(Frozen):
    """A line as `lead`, `key: `, value and `rest`; the value starts at an offset of the line."""

    lead: str
    key: str | None
    start: int
    value: str
    rest: str


def _entry(line: str) -> _Entry | None:
    """Take a line with an unquoted value apart; None for a line that is something else."""
    head = _HEAD.match(line)
    if head is None or (head["key"] is None and "-" not in head["lead"]):
        return None
    key, start = head["key"], head.end()
    if key and " " in key and "-" in head["lead"]:  # a sentence in a list, rather than a key
        key, start = None, head.start("key")
    comment = _COMMENT.search(line, head.end())
    value = line[start : comment.start() if comment else len(line)].rstrip(" \t")
    if not line[head.end() :].strip() or value == "" or value.startswith(_QUOTED):
        return None
    rest = line[start + len(value) :].rstrip()
    return _Entry(head["lead"], key, start, value, rest)


def _quoting(problem: Problem, text: str) -> Problem:
    """Return a problem with its cure: the value of its line in quotes."""
    start, end = _line_bounds(text, problem.start)
    entry = _entry(text[start:end])
    if entry is None:
        return problem
    written = in_quotes(entry.value)
    help = "put the value in quotes"
    if end - start <= LONGEST_CURE:
        key = f"{entry.key}: " if entry.key else ""
        help += f": `{entry.lead.lstrip()}{key}{written}{entry.rest}`"
    span = Span(start + entry.start, start + entry.start + len(entry.value))
    edit = Edit(span, written) if _is_plain(entry) else None
    return replace(problem, help=help, edit=edit)


def _is_plain(entry: _Entry) -> bool:
    """Say whether quotes around the value are sure to give what was meant.

    What follows a ` #` may be a comment or text, a tag in the middle may be one or be about one,
    and a line that begins with `{` or ends with a comma may be part of a mapping.
    """
    value = entry.value
    if value.startswith("{{"):
        return not entry.rest
    tagged = any(tag in value for tag in _TAGS)
    return not (entry.rest or tagged or value.startswith("{") or value.endswith(","))


def in_quotes(value: str) -> str:
    """Return a text of one line as a quoted YAML value, with as few escapes as can be."""
    if ('"' in value or "\\" in value) and "'" not in value and value.isprintable():
        return f"'{value}'"
    return flow(value)


def _colon(here: Problem, text: str) -> Problem:
    line = _line(text, here.start)
    cured = _quoting(replace(here, message="an unquoted value cannot hold `: `"), text)
    if cured.help is None or ": " not in line[line.index(":") + 1 :]:
        message = "this `:` cannot start a value here"
        return replace(here, message=message, help="check the indentation, or quote the value")
    return cured
