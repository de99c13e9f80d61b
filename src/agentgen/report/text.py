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
NARROWEST_EXCERPT = 30

# Marks by their category, and invisible; U+FE0F alone is in many emoji.
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE0F), *range(0xE0100, 0xE01F0))))
_GUTTER = 5
_SGR = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_HELP = "36"
_STRONG = "1"
_FAINT = "2"


def as_text(
    diagnostics: Iterable[Diagnostic], *, color: bool = False, columns: int | None = None
) -> str:
    """Return diagnostics in the order given, each as a paragraph without a blank line between.

    Excerpts fit into `columns`, those of a terminal: a caret points at nothing below a line that
    goes on in the next.
    """
    listed = list(diagnostics)
    widest = WIDEST_EXCERPT
    if columns is not None:
        widest = min(max(columns - len(_gutter("")) - 1, NARROWEST_EXCERPT), widest)
    shown = [line for each in listed[:MOST_SHOWN] for line in _paragraph(each, widest, color=color)]
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
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    safe = "".join(character if _is_safe(character) else _escape(character) for character in text)
    return safe if len(safe) <= limit else f"{safe[: limit - 1]}…"


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(_character_width(character) for character in text)


def fitted(text: str, columns: int) -> str:
    """Return a text made safe to print, cut to a number of terminal columns."""
    return _cut(inert(text[: columns + 1], columns * 10 + 10), columns)


def place(location: Location) -> str:
    """Return `path:line:column`, as far as it is known."""
    path = inert(location.path)
    parts = [
        f"./{path}" if path.lstrip().startswith(("::", "##")) else path,
        location.line,
        location.column,
    ]
    return ":".join(str(part) for part in parts if part is not None)


def _paragraph(diagnostic: Diagnostic, widest: int, *, color: bool) -> Iterator[str]:
    severity = diagnostic.severity
    where = f"{place(diagnostic.location)}: " if diagnostic.location else ""
    label = _painted(f"{severity}[{diagnostic.rule}]", _SGR[severity], color=color)
    message = _painted(inert(diagnostic.message), _STRONG, color=color)
    yield f"{where}{label}: {message}"
    if diagnostic.location is not None:
        yield from _excerpt(diagnostic.location, _SGR[severity], widest, color=color)
    for note in diagnostic.notes:
        there = f" {place(note.location)}" if note.location else ""
        yield f"  {_painted('note:', _HELP, color=color)} {inert(note.message)}{there}"
    if diagnostic.help is not None:
        help = inert(diagnostic.help, 2 * LONGEST_MESSAGE)
        yield f"  {_painted('help:', _HELP, color=color)} {help}"


def _excerpt(location: Location, sgr: str, widest: int, *, color: bool) -> Iterator[str]:
    if location.span is None or location.line is None:
        return
    source, number = location.source, location.line
    line = source.line(number)
    start = location.span.start - source.line_span(number).start
    end = min(location.span.end - source.line_span(number).start, len(line))
    # Cut first: a line can be the whole of a large file, and be shown many times.
    before = _shown(line[max(start - widest, 0) : start])
    marked = _shown(line[start : min(end, start + widest + 1)])
    after = _shown(line[end : end + widest])
    if start > widest:
        before = f"…{before[1:]}"
    if len(line) > end + widest:
        after = f"{after[:-1]}…"
    if not location.column_known:
        before, marked, after = "", "", marked
    before, marked, after = _window(before, marked, after, widest)
    gutter = _painted(_gutter(number), _FAINT, color=color)
    yield f"{gutter} {before}{marked}{after}".rstrip()
    if location.column_known:
        caret = _painted("^" * max(width(marked), 1), sgr, color=color)
        gutter = _painted(_gutter(""), _FAINT, color=color)
        yield f"{gutter} {' ' * width(before)}{caret}"


def _gutter(number: int | str) -> str:
    return f"{number:>{_GUTTER}} |"


def _window(before: str, marked: str, after: str, widest: int) -> tuple[str, str, str]:
    """Cut a long line to the part around what is marked."""
    if width(before + marked + after) <= widest:
        return before, marked, after
    half = widest // 2
    if width(marked) > half:
        marked, after = _cut(marked, half), ""
    before = _cut(before[::-1], max(half - 9, 2))[::-1]
    return before, marked, _cut(after, max(widest - width(before) - width(marked), 1))


def _cut(text: str, columns: int) -> str:
    """Cut a text that is safe to print to a number of terminal columns."""
    if width(text) <= columns:
        return text
    while text and width(text) > columns - 1:
        text = text[:-1]
    return f"{text}…"


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
