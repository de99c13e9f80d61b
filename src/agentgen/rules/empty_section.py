"""A heading that has nothing below it in the rendered text, and has in the template.

A condition or a loop has printed nothing, and the heading was left outside of it. The model reads
that there is something to know, and not what.

Fails:

    $ cat agents/tester.md
    ---
    name: tester
    description: Writes tests
    ---
    ## Commands

    {% if schema.commands.test %}
    Run `{{ schema.commands.test }}`.
    {% endif %}

    ## Style

    One test for each promise.
    $ agentgen lint
    agents/tester.md:5:1: warning[empty-section]: there is nothing below this heading in the rendered text
      help: put it into the condition, or say with `{% else %}` what holds without

Passes:

    $ cat agents/tester.md
    ---
    name: tester
    description: Writes tests
    ---
    {% if schema.commands.test %}
    ## Commands

    Run `{{ schema.commands.test }}`.

    {% endif %}
    ## Style

    One test for each promise.

Headings that have nothing below them in the template either are their author's choice.
"""

import re
from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Severity
from agentgen.model import Document
from agentgen.outline import Heading, outline

SEVERITY = Severity.WARNING

_SILENT = re.compile(r"\{%[-+]?(?!\s*(?:include|call)\b)[^{}%]*%\}|\{#[^#]*#\}")


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for each heading that rendering has left alone."""
    for document, artifact, start in checked.markdown():
        empty = set(_empty_headings(artifact.text, start))
        if empty:
            yield from _left_alone(document, empty)


def _empty_headings(text: str, start: int) -> Iterator[str]:
    headings = outline(text, start).headings
    for heading, below in _sections(headings):
        is_last = below is None or below.level <= heading.level
        end = below.start if below else len(text)
        if is_last and not text[heading.end : end].strip():
            yield text[heading.start : heading.end].strip()


def _left_alone(document: Document, empty: set[str]) -> Iterator[Diagnostic]:
    text = document.source.text
    headings = outline(text, document.body).headings
    lines = [text[heading.start : heading.end].strip() for heading in headings]
    for line, (heading, below) in zip(lines, _sections(headings), strict=True):
        end = below.start if below else len(text)
        holds_text = _SILENT.sub("", text[heading.end : end]).strip()
        if line in empty and holds_text and lines.count(line) == 1:
            yield Diagnostic(
                "empty-section",
                "there is nothing below this heading in the rendered text",
                document.source.at(heading.start, heading.end),
                Severity.WARNING,
                help="put it into the condition, or say with `{% else %}` what holds without",
            )


def _sections(headings: tuple[Heading, ...]) -> Iterator[tuple[Heading, Heading | None]]:
    """Yield each heading with the one after it."""
    return zip(headings, (*headings[1:], None), strict=True) if headings else iter(())
