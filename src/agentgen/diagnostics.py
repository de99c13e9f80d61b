"""What is said about a source: spans, locations, diagnostics, and the error that carries them."""

import bisect
import enum
from collections.abc import Iterable
from functools import cached_property

from agentgen.frozen import Frozen, field, replace
from agentgen.keeping import Text, text_of
from agentgen.wording import did_you_mean as did_you_mean  # noqa: PLC0414 - for its importers
from agentgen.wording import quoted as quoted  # noqa: PLC0414

INCLUDED = "included from"
"""The note that says which file includes the one that a diagnostic is about."""


class Severity(enum.StrEnum):
    """How bad it is: an `ERROR` stops the run, a `WARNING` does not, a `NOTE` only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Source(Frozen):
    """One text that was read: its path as shown to people, and its text with LF line ends."""

    __slots__ = ("__dict__",)

    path: str
    kept: Text = field(repr=False)

    @property
    def text(self) -> str:
        """The text itself, wherever it lies."""
        return text_of(self.kept)

    @cached_property
    def _line_starts(self) -> tuple[int, ...]:
        starts = [0]
        find = self.text.find
        while (newline := find("\n", starts[-1])) >= 0:
            starts.append(newline + 1)
        return tuple(starts)

    def line_column(self, offset: int) -> tuple[int, int]:
        """Return the line and column (both from 1, in characters) of a character offset."""
        line = bisect.bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line_span(self, number: int) -> "Span":
        """Return the span of line `number` (from 1) without its newline; past the end, the last."""
        starts = self._line_starts
        index = min(max(number, 1), len(starts)) - 1
        end = starts[index + 1] - 1 if index + 1 < len(starts) else len(self.text)
        return Span(starts[index], end)

    def line(self, number: int) -> str:
        """Return the text of line `number` (from 1) without its newline."""
        span = self.line_span(number)
        return self.text[span.start : span.end]

    def whole(self) -> "Location":
        """Return the location that names the file and no place in it."""
        return Location(self)

    def at(self, start: int, end: int | None = None) -> "Location":
        """Return the location of the characters from `start` up to `end` (default: one)."""
        return Location(self, Span(start, start + 1 if end is None else end))

    def on_line(self, number: int) -> "Location":
        """Return the location of a line whose column is not known."""
        return Location(self, self.line_span(number), column_known=False)


class Span(Frozen):
    """Character offsets in a source's text: from `start` up to, not including, `end`."""

    start: int
    end: int


BYTE_ORDER_MARK = Span(-1, 0)
"""Where the mark is that a file may have before its text, for an edit that removes it."""


class Edit(Frozen):
    """What to write in the place of a span of a source's text, with LF line ends."""

    span: Span
    text: str


class Location(Frozen):
    """A place in a source. Without a span it is the whole file; the column may be unknown."""

    source: Source
    span: Span | None = None
    column_known: bool = True

    @property
    def path(self) -> str:
        """The path as shown to people."""
        return self.source.path

    @property
    def line(self) -> int | None:
        """The first line (from 1), or None for a whole file."""
        return None if self.span is None else self.source.line_column(self.span.start)[0]

    @property
    def column(self) -> int | None:
        """The first column (from 1, in characters), or None where it is not known."""
        if self.span is None or not self.column_known:
            return None
        return self.source.line_column(self.span.start)[1]


class Note(Frozen):
    """A second place, or a second sentence, that belongs to a diagnostic."""

    message: str
    location: Location | None = None


class Diagnostic(Frozen):
    """One thing to say about the input: what is wrong, where, and what to do about it.

    `edits` of the source that it is located in mend it: all of them, and only where there is one
    right answer. `agentgen lint --fix` makes them.
    """

    rule: str
    message: str
    location: Location | None = None
    severity: Severity = Severity.ERROR
    help: str | None = None
    notes: tuple[Note, ...] = ()
    edits: tuple[Edit, ...] = ()

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Orders diagnostics by path, then line, column, rule and message."""
        where = self.location
        return (
            where.path if where else "",
            (where.line if where else None) or 0,
            (where.column if where else None) or 0,
            self.rule,
            self.message,
        )


class AgentgenError(Exception):
    """The work could not be done; `diagnostics` (sorted, at least one an error) say why."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = ordered(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(
            f"{_place(each.location)}{each.severity}[{each.rule}]: {each.message}"
            for each in self.diagnostics
        )


def fail(
    rule: str,
    message: str,
    location: Location | None = None,
    *,
    help: str | None = None,
    edits: tuple[Edit, ...] = (),
) -> AgentgenError:
    """Return the error for a single diagnostic, to be raised by the caller."""
    return AgentgenError([Diagnostic(rule, message, location, help=help, edits=edits)])


def ordered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics by path, line and column, each once.

    What is said of one place for several files that include it is said for the first of them, with
    a note of how many there are.
    """
    same: dict[Diagnostic, list[Diagnostic]] = {}
    for each in sorted(dict.fromkeys(diagnostics), key=lambda each: each.sort_key):
        is_included = any(note.message == INCLUDED for note in each.notes)
        same.setdefault(replace(each, notes=()) if is_included else each, []).append(each)
    return tuple(map(_together, same.values()))


def _together(same: list[Diagnostic]) -> Diagnostic:
    first, *others = same
    if not others:
        return first
    files = "file" if len(others) == 1 else "files"
    note = Note(f"and from {len(others):,} more {files} that include it")
    return replace(first, notes=(*first.notes, note))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Say whether any of the diagnostics is an error."""
    return any(each.severity is Severity.ERROR for each in diagnostics)


def _place(location: Location | None) -> str:
    if location is None:
        return ""
    parts = [location.path, location.line, location.column]
    return ":".join(str(part) for part in parts if part is not None) + ": "
