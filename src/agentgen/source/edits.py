"""Edits of a source's text, made in that text or in the bytes that it was read from."""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable

from agentgen.diagnostics import Edit, Span
from agentgen.patterns import pattern

_MARK = "\ufeff"
_LINE_END = pattern("\r\n|\r|\n")


def edited_text(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made that do not overlap."""
    pieces = []
    done = 0
    for edit in sorted(edits, key=lambda each: (each.span.start, each.span.end)):
        pieces += [text[done : edit.span.start], edit.text]
        done = edit.span.end
    return "".join([*pieces, text[done:]])


def edited_bytes(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return a UTF-8 file with edits of its text made, and every other byte as it was.

    The edits are of the text that `decode` makes of the file: without a byte order mark, and with
    LF line ends. New lines end as the first one of the file does.
    """
    raw = data.decode("utf-8")
    marked = raw.startswith(_MARK)
    # Where the text has a line end of one character, and the file has one of two.
    pairs = [match.start() - k for k, match in enumerate(re.finditer("\r\n", raw[marked:]))]
    first = _LINE_END.search(raw)
    line_end = first[0] if first else "\n"

    def in_file(offset: int) -> int:
        return max(offset + bisect_left(pairs, offset) + marked, 0)

    moved = (
        Edit(
            Span(in_file(edit.span.start), in_file(edit.span.end)),
            edit.text.replace("\n", line_end),
        )
        for edit in edits
    )
    return edited_text(raw, moved).encode("utf-8")


class Chosen:
    """Edits of one text that do not overlap, because those that would were turned away."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []
        self.edits: list[Edit] = []

    def add(self, edits: Iterable[Edit]) -> bool:
        """Take edits that belong together, if there is room for all of them; say whether."""
        wanted = list(edits)
        spans = [(each.span.start, each.span.end) for each in wanted]
        if not all(self._is_free(span) for span in spans):
            return False
        for span in spans:
            insort(self._spans, span)
        self.edits += wanted
        return True

    def _is_free(self, span: tuple[int, int]) -> bool:
        index = bisect_left(self._spans, span)
        near = self._spans[max(index - 1, 0) : index + 1]
        return not any(span == other or _overlap(span, other) for other in near)


def _overlap(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return span[0] < other[1] and other[0] < span[1]
