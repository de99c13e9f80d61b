"""Braces that a reader is meant to see, and that Jinja2 takes for its own.

Agents show other people's templates: `${{ secrets.TOKEN }}` of GitHub Actions, `style={{ … }}` of
JSX, `{{ .Values.image }}` of Helm, `{{#if}}` of Handlebars, `${#names[@]}` of shells. What Jinja2
says of them is about its own grammar, and of `{#install}` in a heading it says nothing and drops
the text up to the next `#}`. Found here is only what can be no tag of a template: what no
expression begins with, what none goes on with, and what another system writes before its braces.
"""

import re
from collections.abc import Iterable, Iterator

from agentgen.diagnostics import Diagnostic, Source, did_you_mean, quoted
from agentgen.frozen import Frozen
from agentgen.model import Document
from agentgen.patterns import pattern
from agentgen.source.nodes import scalars

RULE = "literal-braces"

MOST_SHOWN = 60
"""Characters of a cure that is shown in full."""

_OPENED = pattern(r"\{[{%#]")
_RAW = pattern(r"\{%[-+]?\s*raw\s*[-+]?%\}")
_END_RAW = pattern(r"\{%[-+]?\s*endraw\s*[-+]?%\}")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
# `{#install}` of Markdown dialects, `{#if …}` of Svelte, `${#name}` of shells.
_NO_COMMENT = pattern(
    r"\{#[\w-]+\}|\{#(?:if|each|await|key|snippet)\s[^{}#\n]*\}|(?<=\$)\{#\w[^{}#\n]*\}"
)
_NO_EXPRESSION = pattern(
    r"""\{\{[-+]?\s*(?:
        \}\}                                                # ${{ }}, in prose
      | [.#/>^!&*<`$@?\u2026\u2190-\u2bff\U0001f000-\U0001faff] # {{ .Values }}, {{#if}}
      | (?:[\w-]+|'[^'\\\n]*'|"[^"\\\n]*")\s*:                  # style={{ color: … }}, {{"key": 1}}
      | \{\s*[\w.]+\s*\}\}\}                                # {{{ html }}}
      | [^{}'"\n]*\}\s*,\s*\{                               # {{1, 2}, {3, 4}}
    )""",
    re.VERBOSE,
)
# A name with another word behind it, as `{{Project Name}}`.
_PLACEHOLDER = pattern(
    r"\{\{\s*[^\W\d]\w* +(?!(?:if|else|and|or|not|in|is)\b)[^\W\d][^|(){}\n]*\}\}"
)
_ROOT = pattern(r"\{\{[-+]?\s*(?P<name>[^\W\d]\w*)")
_WORD = pattern(r"[^\W\d]\w*")
_ASSIGNING = pattern(r"\{%[-+]?\s*(?:set|for|macro|call|with|import|from|block)\b([^%]*)")
_KNOWN = frozenset(
    {
        *("schema", "agent", "target"),
        *("loop", "self", "super", "caller", "varargs", "kwargs"),
        *("range", "dict", "namespace"),
        *("not", "true", "false", "none", "True", "False", "None"),
    }
)


class _Braces(Frozen):
    start: int
    end: int


class LiteralBraces:
    """Finds literal braces in documents; names that any of them assigns are none."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = {document.source.path: document for document in documents}
        self._found: dict[str, tuple[_Braces, ...]] = {}
        self._assigned: frozenset[str] | None = None

    def in_document(self, document: Document) -> Iterator[Diagnostic]:
        """Yield an error for each pair of braces in a document that a reader is meant to see."""
        for braces in self._braces(document):
            yield _diagnostic(document.source, braces)

    def instead_of(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return the error for the literal braces that a template's failure comes from, if any."""
        where = diagnostic.location
        document = self._documents.get(where.path) if where else None
        if where is None or where.span is None or document is None:
            return diagnostic
        for braces in self._braces(document):
            if braces.start < where.span.end and where.span.start < braces.end:
                return _diagnostic(document.source, braces)
        return diagnostic

    def _braces(self, document: Document) -> tuple[_Braces, ...]:
        path = document.source.path
        if path not in self._found:
            self._found[path] = tuple(self._find(document))
        return self._found[path]

    def _find(self, document: Document) -> Iterator[_Braces]:
        for start, end in _templates(document):
            for braces in _scan(document.source.text, start, end):
                if self._is_literal(document.source.text, braces):
                    yield braces

    def _is_literal(self, text: str, braces: _Braces) -> bool:
        if text.startswith("{#", braces.start) or _NO_EXPRESSION.match(text, braces.start):
            return True
        name = _ROOT.match(text, braces.start)
        return name is not None and not self._stands_for_something(name["name"])

    def _stands_for_something(self, name: str) -> bool:
        if name in _KNOWN or did_you_mean(name, ("schema", "agent", "target")):
            return True
        if self._assigned is None:
            texts = (document.template for document in self._documents.values())
            tags = (tag[1] for text in texts for tag in _ASSIGNING.finditer(text))
            self._assigned = frozenset(word for tag in tags for word in _WORD.findall(tag))
        return name in self._assigned


def _templates(document: Document) -> Iterator[tuple[int, int]]:
    """Yield where the texts are that are rendered: quoted front matter values, and the body."""
    if document.front_matter is not None:
        for scalar in scalars(document.front_matter.mapping):
            if not scalar.plain:
                yield scalar.start, scalar.end
    yield document.body, len(document.source.text)


def _scan(text: str, start: int, end: int) -> Iterator[_Braces]:
    """Yield the tags that may be literal, in one pass that steps over all others."""
    position = start
    while opened := _OPENED.search(text, position, end):
        begin, kind = opened.start(), opened[0]
        after = _after(text, begin, end, kind)
        if kind == "{#" and (comment := _NO_COMMENT.match(text, begin, end)):
            yield _Braces(begin, comment.end())
            position = comment.end()
            continue
        if kind == "{{" and _may_be_literal(text, begin, end):
            yield _Braces(begin, after or begin + 2)
        if after is None:
            return
        position = after


def _may_be_literal(text: str, begin: int, end: int) -> bool:
    has_dollar = begin > 0 and text[begin - 1] == "$"
    patterns = (_NO_EXPRESSION, _PLACEHOLDER, *([_ROOT] if has_dollar else []))
    return any(pattern.match(text, begin, end) for pattern in patterns)


def _after(text: str, begin: int, end: int, kind: str) -> int | None:
    """Return where what is opened at an offset is closed; None where it never is."""
    if kind == "{%" and (raw := _RAW.match(text, begin, end)):
        ended = _END_RAW.search(text, raw.end(), end)
        return None if ended is None else ended.end()
    found = text.find(_CLOSING[kind], begin + 2, end)
    if found < 0:
        return None
    return found + 2 + (text.startswith("{{{", begin) and text.startswith("}}}", found))


def _diagnostic(source: Source, braces: _Braces) -> Diagnostic:
    text = source.text
    has_dollar = braces.start > 0 and text[braces.start - 1] == "$"
    start = braces.start - has_dollar
    line_end = source.line_span(source.line_column(start)[0]).end
    end = min(braces.end, line_end)
    if text[braces.start + 2 : braces.start + 3] == "`":  # a sentence about braces
        end = braces.start + 2
    written = text[start:end]
    taken = "the start of a comment" if text.startswith("{#", braces.start) else "a template's tag"
    help = "put it between `{% raw %}` and `{% endraw %}`"
    if end == braces.end and len(written) <= MOST_SHOWN and "{" not in written.lstrip("${"):
        help = f"if a reader is meant to see it, write `{{% raw %}}{written}{{% endraw %}}`"
    message = f"{quoted(written)} is taken for {taken}"
    return Diagnostic(RULE, message, source.at(start, end), help=help)
