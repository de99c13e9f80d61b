"""A template's failure becomes a diagnostic: lines of bodies become lines and columns of files."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice, pairwise

from agentgen.diagnostics import INCLUDED, Diagnostic, Location, Note, Severity, Source
from agentgen.model import Agent, Document, Prompt
from agentgen.outcome import Frame, Problem
from agentgen.patterns import pattern
from agentgen.source import Scalar
from agentgen.source.nodes import location

MOST_OCCURRENCES = 200
"""Of a word, or of strings, in one tag; beyond them a column is not looked for."""
LONGEST_TAG = 50
"""Lines."""

_TAG = pattern(r"(?:\{\{|\{%)(?:[^}%]|%(?!\})|\}(?!\}))*(?P<end>\}\}|%\})?")
_STRING = pattern(r"'[^'\n]*'|\"[^\"\n]*\"")


def as_diagnostic(
    problem: Problem, item: Agent | Prompt, documents: Mapping[str, Document]
) -> Diagnostic:
    """Return the diagnostic for a problem in one of `documents`, met while rendering `item`."""
    notes = []
    for frame, inner in reversed(list(pairwise(problem.frames))):
        how = "called from" if frame.template == inner.template else INCLUDED
        notes.append(Note(how, place(frame, item, documents)))
    return Diagnostic(
        problem.rule,
        problem.message,
        place(problem.frames[-1], item, documents, problem.word),
        Severity.WARNING if problem.is_warning else Severity.ERROR,
        help=problem.help,
        notes=tuple(notes),
    )


def place(
    frame: Frame,
    item: Agent | Prompt,
    documents: Mapping[str, Document],
    word: str | None = None,
) -> Location:
    """Return where a frame is in the files; its column, if a word stands there exactly once."""
    if frame.value is not None and 0 <= frame.value < len(item.template_values):
        return _value_place(item.template_values[frame.value].scalar, frame.line, word)
    document = documents.get(frame.template, item.document)
    return _line_place(document.source, document.first_line + frame.line - 1, frame.line, word)


def _value_place(scalar: Scalar, line: int, word: str | None) -> Location:
    first = scalar.source.line_column(scalar.start)[0]
    if scalar.source.text[scalar.start] in "|>" and line > 0:
        return _line_place(scalar.source, first + line, line, word)
    return location(scalar)


def _line_place(source: Source, number: int, line: int, word: str | None) -> Location:
    if line < 1:
        return source.whole()
    found = _word(source, number, word) if word else None
    return source.on_line(number) if found is None else source.at(*found)


def _word(source: Source, number: int, word: str) -> tuple[int, int] | None:
    """Return where a word stands in the tags of a line, if it stands there exactly once.

    A tag that goes on below the line is looked at to its end.
    """
    start, end = source.line_span(number).start, source.line_span(number).end
    for _ in range(LONGEST_TAG):
        tags = list(_TAG.finditer(source.text, start, end))
        spans = [tag.span() for tag in tags] or [(start, end)]
        places = (place for span in spans for place in _occurrences(source.text, word, span))
        found = list(islice(places, 2))
        if found or not tags or tags[-1]["end"] or end >= len(source.text):
            return found[0] if len(found) == 1 else None
        end = source.line_span(source.line_column(end + 1)[0]).end
    return None


def _occurrences(text: str, word: str, span: tuple[int, int]) -> Iterator[tuple[int, int]]:
    quoted = [match.span() for match in islice(_STRING.finditer(text, *span), MOST_OCCURRENCES)]
    name = re.escape(word.removeprefix("."))
    before = r"(?:\.\s*|\[\s*['\"])" if word.startswith(".") else r"(?<![\w.])"
    pattern = re.compile(rf"{before}(?P<name>{name})(?!\w)")
    found = (
        match.span("name") for match in islice(pattern.finditer(text, *span), MOST_OCCURRENCES)
    )
    return (
        (start, end)
        for start, end in found
        if not any(a < start and end < b and (a + 1, b - 1) != (start, end) for a, b in quoted)
    )
