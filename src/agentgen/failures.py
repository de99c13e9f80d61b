"""A template's failure becomes a diagnostic: lines of bodies become lines and columns of files."""

import re
from collections.abc import Mapping
from itertools import pairwise

from agentgen.diagnostics import Diagnostic, Location, Note
from agentgen.environment import Frame, TemplateFailure
from agentgen.model import Document

_TAG = re.compile(r"(?:\{\{|\{%).*?(?:\}\}|%\}|$)|^(?:(?!\{\{|\{%).)*?(?:\}\}|%\})")


def as_diagnostic(
    failure: TemplateFailure,
    documents: Mapping[str, Document],
    places: Mapping[str, Location],
) -> Diagnostic:
    """Return the diagnostic for a failure.

    `places` are the locations of templates that are no documents, by the name they were given.
    """

    def place(frame: Frame, word: str | None) -> Location:
        if frame.template in places:
            return places[frame.template]
        return _line_place(documents[frame.template], frame.line, word)

    notes = []
    for frame, inner in reversed(list(pairwise(failure.frames))):
        how = "called" if frame.template == inner.template else "included"
        notes.append(Note(f"{how} from", place(frame, None)))
    return Diagnostic(
        failure.rule,
        failure.message,
        place(failure.frames[-1], failure.word),
        help=failure.help,
        notes=tuple(notes),
    )


def _line_place(document: Document, line: int, word: str | None) -> Location:
    if line < 1:
        return document.source.whole()
    number = document.first_line + line - 1
    span = document.source.line_span(number)
    column = _column(document.source.line(number), word) if word else None
    if column is None:
        return document.source.on_line(number)
    return document.source.at(span.start + column[0], span.start + column[1])


def _column(line: str, word: str) -> tuple[int, int] | None:
    """Return where a word stands in the tags of a line, if it stands there exactly once."""
    name = re.escape(word.removeprefix("."))
    before = r"(?:\.\s*|\[\s*['\"])" if word.startswith(".") else r"(?<![\w.])"
    pattern = re.compile(rf"{before}(?P<name>{name})(?!\w)")
    tags = list(_TAG.finditer(line))
    spans = [tag.span() for tag in tags] or [(0, len(line))]
    found = [match for span in spans for match in pattern.finditer(line, *span)]
    return found[0].span("name") if len(found) == 1 else None
