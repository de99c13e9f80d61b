"""What went wrong in a template, said to its author in the words of their data."""

import re
from collections.abc import Mapping
from types import GeneratorType
from typing import Any

from jinja2 import TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.filters import FILTERS
from jinja2.tests import TESTS
from jinja2.utils import missing

from agentgen.environment.complaints import of_python, of_sandbox
from agentgen.environment.sandbox import REFUSED_FILTERS, REFUSED_GLOBALS, UnprintableValue
from agentgen.environment.undefined import UndefinedValue
from agentgen.frozen import replace
from agentgen.outcome import Frame, Problem
from agentgen.patterns import pattern
from agentgen.wording import did_you_mean, quoted

Context = Mapping[str, Any]
"""The variables that a template sees."""

_KINDS: dict[type, str] = {
    str: "text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "an empty value",
}
_TAGS = (
    "for", "endfor", "if", "elif", "else", "endif", "set", "endset", "block", "endblock", "macro",
    "endmacro", "call", "endcall", "filter", "endfilter", "with", "endwith", "include", "import",
    "from", "extends", "raw", "endraw",
)  # fmt: skip
_JARGON = {
    "'end of print statement'": "'}}'",
    "'end of statement block'": "'%}'",
    "'end of template'": "the end of the template",
    "'NoneType' object": "an empty value",
}
_QUOTE = pattern(r"(?<!\w)'([^'`\n]*)'")
_NO_ITEM = pattern("no (?P<word>first|last|random) item")
_OFFSET = pattern(r" at \d+$")
_UNKNOWN = pattern("(?:encountered unknown tag|no (?P<kind>filter|test) named) `(?P<name>[^`]*)`")
_MOST_LOOKED_AT = 100_000
"""Values of the context that are compared, at most, to name the one that was read."""


class TemplateFailure(Exception):
    """A template could not be compiled or rendered; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


HANDED_ON = "`{% import … with context %}` hands it on, `{% include … without context %}` does not"
_LITERAL = "braces that a reader is meant to see go between `{% raw %}` and `{% endraw %}`"
_MORE = "look for what is multiplied, or grows in a loop; `--limit memory=MIB` allows more"


def explain(error: Exception, frames: tuple[Frame, ...], context: Context) -> Problem:
    """Say what Jinja2, or Python below it, raised in a template that saw `context`."""
    if isinstance(error, RecursionError):
        return replace(_endless(frames), frames=frames[: _cycle_end(frames)])
    return replace(_explain(error, context), frames=frames)


def _explain(error: Exception, context: Context) -> Problem:
    if isinstance(error, UndefinedValue):
        return _undefined(error, context)
    if isinstance(error, TemplateNotFound):
        name = str(error.name)
        message = f"there is no template {quoted(name)}"
        return Problem("missing-template", message, word=name, absent=name)
    if isinstance(error, UnprintableValue):
        return _unprintable(error)
    if isinstance(error, SecurityError):
        return of_sandbox(error)
    if isinstance(error, (TemplateSyntaxError, TemplateRuntimeError)):
        return _syntax(error)
    return _of_python(error)


def _of_python(error: Exception) -> Problem:
    if isinstance(error, MemoryError):
        return Problem("memory-limit", "rendering takes more memory than its limit", help=_MORE)
    if isinstance(error, (OSError, ImportError)):
        return Problem("failing-template", "this needs a file, and a template can open none")
    if isinstance(error, SyntaxError):
        return Problem("invalid-template", "this template is nested too deeply")
    known = of_python(error)
    return known or Problem("failing-template", f"this cannot be done: {_sentence(error)}")


def _undefined(error: UndefinedValue, context: Context) -> Problem:
    rule, name, owner = "undefined-variable", str(error.name), error.owner
    if error.name is None:
        return _nothing(rule, error)
    if owner is missing:
        if name in REFUSED_GLOBALS:
            help = REFUSED_GLOBALS[name]
            return Problem(rule, f"{quoted(name)} is not available", word=name, help=help)
        if name == "agent":
            help = "a prompt is rendered on its own, without an agent"
            return Problem(rule, "`agent` is undefined", word=name, help=help)
        if name in context:
            return Problem(rule, not_handed_on(name), word=name, help=HANDED_ON)
        help = did_you_mean(name, context) or f"a template sees {_listed(context)}; {_LITERAL}"
        return Problem(rule, f"{quoted(name)} is undefined", word=name, help=help)
    path = _path_of(owner, context)
    if isinstance(owner, dict):
        return _no_key(rule, name, path, owner)
    if isinstance(owner, list) and path:
        size = len(owner)
        message = f"{quoted(path)} is a list of {size}, and has no {quoted(name)}"
        return Problem(rule, message, word=f".{name}")
    what = _KINDS.get(type(owner), "this value")
    whole = f"{quoted(path)}, {what}," if path else what
    return Problem(rule, f"{whole} has no {quoted(name)}", word=f".{name}")


def not_handed_on(name: str) -> str:
    """Say that a template does not see a variable that others do."""
    return f"{quoted(name)} is not handed on to this template"


def _nothing(rule: str, error: UndefinedValue) -> Problem:
    """Explain a value that was asked for without a name."""
    match = _NO_ITEM.match(_sentence(error))
    if match is None:
        return Problem(rule, _sentence(error))
    word = match["word"]
    help = "test the list first, or give a `default(…)`"
    return Problem(rule, f"there is no {word} item: the list is empty", word=word, help=help)


def _no_key(rule: str, name: str, path: str | None, owner: Mapping[str, Any]) -> Problem:
    whole = f"{path}.{name}" if path else name
    homes = {
        "schema": "is not in the project schema",
        "agent": "is not in this agent's front matter",
    }
    home = homes.get((path or "").partition(".")[0].partition("[")[0], "is undefined")
    near = did_you_mean(name, map(str, owner))
    if near:
        near = near.replace("`", f"`{path}.", 1) if path else near
    message = f"{quoted(whole)} {home}"
    return Problem(rule, message, word=f".{name}", help=near)


def _syntax(error: TemplateSyntaxError | TemplateRuntimeError) -> Problem:
    rule, message = "invalid-template", _sentence(error)
    match = _UNKNOWN.match(message)
    if match is None:
        quote = re.search("(?:got|the block) `([^`]+)`", message)
        return Problem(rule, message, word=quote[1] if quote else None)
    word = match["name"]
    if word in _TAGS and match["kind"] is None:
        message = f"`{word}` does not belong to any block that is open here"
        return Problem(rule, message, word=word)
    if word in REFUSED_FILTERS:
        message = f"the filter {quoted(word)} is not available"
        return Problem(rule, message, word=word, help=REFUSED_FILTERS[word])
    known = {"filter": FILTERS, "test": TESTS}.get(match["kind"] or "", _TAGS)
    help = did_you_mean(word, known) or (None if match["kind"] else _LITERAL)
    return Problem(rule, message, word=word, help=help)


def _unprintable(error: UnprintableValue) -> Problem:
    value, rule = error.value, "unprintable-value"
    if value is None:
        message, help = (
            "this prints a value that is empty (`null`)",
            "give it one, or test it first",
        )
        return Problem(rule, message, help=help)
    if isinstance(value, GeneratorType):
        message, help = "this prints a sequence, not text", "end it with `| join(', ')`"
        return Problem(rule, message, help=help)
    if callable(value):
        message, help = "this prints a function, not what it returns", "call it with `()`"
        return Problem(rule, message, help=help)
    return Problem(rule, f"this prints an object ({type(value).__name__}), not text")


def _endless(frames: tuple[Frame, ...]) -> Problem:
    if len({frame.template for frame in frames}) < len(frames):
        return Problem("include-cycle", "this includes or calls itself without end")
    return Problem("invalid-template", "this template is nested too deeply")


def _cycle_end(frames: tuple[Frame, ...]) -> int:
    seen: set[Frame] = set()
    for index, frame in enumerate(frames):
        if frame in seen:
            return index
        seen.add(frame)
    return len(frames)


def _path_of(owner: object, context: Context) -> str | None:
    """Return where in the context a value is, as a template would write it, if it is there."""
    level: list[tuple[str, object]] = list(context.items())
    looked_at = 0
    while level and looked_at < _MOST_LOOKED_AT:
        below: list[tuple[str, object]] = []
        for path, value in level:
            looked_at += 1
            if value is owner and isinstance(value, (dict, list)):
                return path
            if isinstance(value, dict):
                below += [(f"{path}.{key}", item) for key, item in value.items()]
            elif isinstance(value, list):
                below += [(f"{path}[{index}]", item) for index, item in enumerate(value)]
        level = below
    return None


def _sentence(error: Exception) -> str:
    text = str(getattr(error, "message", None) or error).strip()
    for jargon, plain in _JARGON.items():
        text = text.replace(jargon, plain)
    text = text.partition("; use sys.")[0]
    text = _QUOTE.sub(r"`\1`", _OFFSET.sub("", text.replace(". ", "; ").removesuffix(".")))
    return text[:1].lower() + text[1:]


def _listed(names: Mapping[str, Any]) -> str:
    *most, last = (quoted(name) for name in names)
    return f"{', '.join(most)} and {last}" if most else last
