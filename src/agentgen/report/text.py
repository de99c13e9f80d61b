"""Diagnostics become text for people: the place first, then the line and a caret, then help."""

import unicodedata
from collections.abc import Iterable, Iterator

from agentgen.diagnostics import Diagnostic, Location, Severity

LONGEST_MESSAGE = 300
"""Characters."""
MOST_SHOWN = 500
"""Diagnostics; nobody reads more, and JSON has them all."""
WIDEST_EXCERPT = 120
"""Terminal columns of source text."""

# Marks by their category, and invisible; U+FE0F alone is in many emoji.
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE0F), *range(0xE0100, 0xE01F0))))
_GUTTER = 5
_SGR = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_HELP = "36"
_STRONG = "1"
_FAINT = "2"


def as_text(diagnostics: Iterable[Diagnostic], *, color: bool = False) -> str:
    """Return diagnostics in the order given, each as a paragraph without a blank line between."""
    listed = list(diagnostics)
    shown = [line for each in listed[:MOST_SHOWN] for line in _paragraph(each, color=color)]
    if len(listed) > MOST_SHOWN:
        shown.append(f"and {len(listed) - MOST_SHOWN:,} more")
    return "".join(f"{line}\n" for line in shown)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it has to be."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Return how many errors and warnings there are, or an empty text for none."""
    severities = [each.severity for each in diagnostics]
    counts = [(severities.count(severity), severity.value) for severity in Severity]
    return ", ".join(counted(number, noun) for number, noun in counts if number)


def inert(text: str, limit: int = LONGEST_MESSAGE) -> str:
    """Return a text that a terminal or a CI system prints and does nothing else with.

    Control, format and private characters, lone surrogates and line separators become escapes.
    """
    safe = "".join(character if _is_safe(character) else _escape(character) for character in text)
    return safe if len(safe) <= limit else f"{safe[: limit - 1]}…"


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(_character_width(character) for character in text)


def fitted(text: str, columns: int) -> str:
    """Return a text made safe to print, cut to a number of terminal columns."""
    safe = inert(text[: columns + 1], columns * 10 + 10)
    if width(safe) <= columns:
        return safe
    while safe and width(safe) > columns - 1:
        safe = safe[:-1]
    return f"{safe}…"


def place(location: Location) -> str:
    """Return `path:line:column`, as far as it is known."""
    path = inert(location.path)
    parts = [
        f"./{path}" if path.lstrip().startswith(("::", "##")) else path,
        location.line,
        location.column,
    ]
    return ":".join(str(part) for part in parts if part is not None)


def _paragraph(diagnostic: Diagnostic, *, color: bool) -> Iterator[str]:
    severity = diagnostic.severity
    where = f"{place(diagnostic.location)}: " if diagnostic.location else ""
    label = _painted(f"{severity}[{diagnostic.rule}]", _SGR[severity], color=color)
    message = _painted(inert(diagnostic.message), _STRONG, color=color)
    yield f"{where}{label}: {message}"
    if diagnostic.location is not None:
        yield from _excerpt(diagnostic.location, _SGR[severity], color=color)
    for note in diagnostic.notes:
        there = f" {place(note.location)}" if note.location else ""
        yield f"  {_painted('note:', _HELP, color=color)} {inert(note.message)}{there}"
    if diagnostic.help is not None:
        help = inert(diagnostic.help, 2 * LONGEST_MESSAGE)
        yield f"  {_painted('help:', _HELP, color=color)} {help}"


def _excerpt(location: Location, sgr: str, *, color: bool) -> Iterator[str]:
    if location.span is None or location.line is None:
        return
    source, number = location.source, location.line
    line = source.line(number)
    start = location.span.start - source.line_span(number).start
    end = min(location.span.end - source.line_span(number).start, len(line))
    # Cut first: a line can be the whole of a large file, and be shown many times.
    before = _shown(line[max(start - WIDEST_EXCERPT, 0) : start])
    marked = _shown(line[start : min(end, start + WIDEST_EXCERPT)])
    after = _shown(line[end : end + WIDEST_EXCERPT])
    if start > WIDEST_EXCERPT:
        before = f"…{before[1:]}"
    if len(line) > end + WIDEST_EXCERPT:
        after = f"{after[:-1]}…"
    if not location.column_known:
        before, marked, after = "", "", marked
    before, marked, after = _window(before, marked, after)
    gutter = _painted(f"{number:>{_GUTTER}} |", _FAINT, color=color)
    yield f"{gutter} {before}{marked}{after}".rstrip()
    if location.column_known:
        caret = _painted("^" * max(width(marked), 1), sgr, color=color)
        gutter = _painted(f"{'':>{_GUTTER}} |", _FAINT, color=color)
        yield f"{gutter} {' ' * width(before)}{caret}"


def _window(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """Cut a long line to the part around what is marked."""
    if width(before + marked + after) <= WIDEST_EXCERPT:
        return before, marked, after
    half = WIDEST_EXCERPT // 2
    if len(marked) > half:
        marked = f"{marked[: half - 1]}…"
        after = ""
    if len(before) > half - 10:
        before = f"…{before[-(half - 10) :]}"
    room = max(WIDEST_EXCERPT - len(before) - len(marked), 0)
    return before, marked, after if len(after) <= room else f"{after[: max(room - 1, 0)]}…"


def _shown(text: str) -> str:
    return inert(text.replace("\t", "    "), len(text) * 10 + 1)


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _is_safe(character: str) -> bool:
    if character in _SELECTORS:
        return False
    return character == " " or unicodedata.category(character)[0] in "LMNPS"


def _escape(character: str) -> str:
    if character == "\n":
        return " "
    point = ord(character)
    if unicodedata.category(character) == "Zs":
        return " "
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{{{point:x}}}"


def _painted(text: str, sgr: str, *, color: bool) -> str:
    return f"\x1b[{sgr}m{text}\x1b[0m" if color else text
