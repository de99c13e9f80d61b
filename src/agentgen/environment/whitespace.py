"""Tidy whitespace: a line that holds only tags leaves nothing behind.

Works on the template's text, before Jinja2 parses it. The newline of a line that holds only block
tags and comments is moved into a comment after them, where it prints nothing; line numbers stay
true.
`-` and `+` at a tag's edge keep their meaning: on that side, tidy leaves the text alone.

Why not Jinja2's `trim_blocks`: it also takes the newline after a tag that ends a line of text, and
glues the next line on to it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jinja2.lexer import Lexer

_MARKS = [chr(point) for point in range(0xFDD0, 0xFDF0)]
"""Unicode's noncharacters: they mean nothing in any text that is meant to be exchanged."""

_BLANK = " \t"
_CLOSERS = {"set": "endset", "macro": "endmacro", "call": "endcall", "filter": "endfilter"}
_BLOCKS = frozenset({"for", "if", "block", "with", "autoescape"})
_OPEN_TAG = frozenset({"block_begin", "variable_begin", "comment_begin"})
_CLOSE_TAG = frozenset({"block_end", "variable_end", "comment_end"})


@dataclass(frozen=True, slots=True)
class Tidied:
    """A template's text for Jinja2, and the lines whose includes share them with other text."""

    text: str
    inline_lines: frozenset[int]


def end_mark(texts: Iterable[str]) -> str:
    """Return a character that none of the texts holds, to mark where a line's last tag ends."""
    everything = list(texts)
    return next((mark for mark in _MARKS if not any(mark in text for text in everything)), "")


def tidy(text: str, lexer: Lexer, mark: str) -> Tidied:
    """Return a template's text with its tag-only lines made to vanish.

    `mark` is set where a line of text ends in a tag, for `strip_line_ends` to work on.

    Raises `jinja2.TemplateSyntaxError` for a tag that never ends or holds no valid tokens.
    """
    if "{%" not in text and "{#" not in text and "{{" not in text:
        return Tidied(text, frozenset())
    edits: list[_Edit] = []
    inline: set[int] = set()
    newline_before = False
    capturing: list[str] = []
    for line in _lines(text, _tags(text, lexer)):
        outside = not capturing
        shown = line.shown_tags(capturing)
        if not line.tags:
            newline_before = True
        elif line.holds_only(shown, text):
            # A `-` at the first tag eats the newline before the line: then this one has to stay.
            keep = line.tags[0].open_sign == "-" and newline_before
            edits += _vanish(line, text, keep_newline=keep)
            newline_before = line.tags[-1].close_sign == "+" or keep
        else:
            newline_before = True
            inline.update(tag.line for tag in line.tags if tag.name == "include")
            if outside and not capturing and not text[line.tags[-1].end : line.end].strip(_BLANK):
                edits.append(_Edit(line.tags[-1].end, line.tags[-1].end, mark))
    return Tidied(_edited(text, edits), frozenset(inline))


def strip_line_ends(text: str, mark: str) -> str:
    """Remove the marks from a rendered text, and the blanks that tags left before them."""
    if not mark or mark not in text:
        return text
    *lines, last = text.split(mark)
    return "".join([*(line.rstrip(_BLANK) for line in lines), last])


def unclosed_block(text: str, lexer: Lexer) -> tuple[str, int] | None:
    """Return the name and the line of the innermost block tag that nothing closes, if any."""
    opened: list[tuple[str, int]] = []
    for tag in _tags(text, lexer):
        if opened and tag.name == f"end{opened[-1][0]}":
            opened.pop()
        elif tag.captures or tag.name in _BLOCKS:
            opened.append((tag.name, tag.line))
    return opened[-1] if opened else None


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Tag:
    """One tag of the source: its offsets, without the white space that a `-` eats."""

    kind: str
    name: str
    start: int
    end: int
    line: int
    inner_end: int
    open_sign: str
    close_sign: str
    captures: bool = False


@dataclass(slots=True)
class _Line:
    """From one newline outside of tags to the next; a tag in it may span several lines."""

    start: int
    end: int = 0
    tags: list[_Tag] = field(default_factory=list)

    def shown_tags(self, capturing: list[str]) -> list[tuple[int, int]]:
        """Return the spans that print nothing here, and track what `{% set %}…` captures."""
        spans: list[tuple[int, int]] = []
        opened_at: int | None = None
        for tag in self.tags:
            if not capturing and tag.captures:
                opened_at = tag.start
            if tag.captures:
                capturing.append(_CLOSERS[tag.name])
            elif capturing and tag.name == capturing[-1]:
                capturing.pop()
                if not capturing and opened_at is not None and tag.name in ("endset", "endmacro"):
                    spans.append((opened_at, tag.end))
            if tag.kind != "variable":
                spans.append((tag.start, tag.end))
        return spans

    def holds_only(self, spans: list[tuple[int, int]], text: str) -> bool:
        """Say whether nothing but blanks stands outside of the spans."""
        position = self.start
        for start, end in sorted(spans):
            if start > position and text[position:start].strip(_BLANK):
                return False
            position = max(position, end)
        return not text[position : self.end].strip(_BLANK)


def _vanish(line: _Line, text: str, *, keep_newline: bool) -> Iterator[_Edit]:
    first, last = line.tags[0], line.tags[-1]
    if first.open_sign == "" and first.start > line.start:
        yield _Edit(line.start, first.start)
    for before, after in zip(line.tags, line.tags[1:], strict=False):
        gap = text[before.end : after.start]
        if gap and not gap.strip(_BLANK) and before.close_sign + after.open_sign == "":
            yield _Edit(before.end, after.start)
    if last.close_sign == "" and (keep_newline or line.end == len(text)):
        yield _Edit(last.end, line.end)
    elif last.close_sign == "":
        if last.name == "raw_begin":  # a comment after it would be text
            yield _Edit(last.inner_end, last.inner_end, "\n")
            yield _Edit(last.end, line.end + 1)
        else:
            yield _Edit(last.end, line.end + 1, "{#\n#}")


def _edited(text: str, edits: list[_Edit]) -> str:
    parts = []
    position = 0
    for edit in edits:
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])


def _lines(text: str, tags: Iterator[_Tag]) -> Iterator[_Line]:
    line = _Line(0)
    position = 0
    for tag in tags:
        while (newline := text.find("\n", position, tag.start)) >= 0:
            line.end = newline
            yield line
            line = _Line(newline + 1)
            position = newline + 1
        line.tags.append(tag)
        position = tag.end
    while (newline := text.find("\n", position)) >= 0:
        line.end = newline
        yield line
        line = _Line(newline + 1)
        position = newline + 1
    line.end = len(text)
    yield line


def _tags(text: str, lexer: Lexer) -> Iterator[_Tag]:
    position = 0
    opening: tuple[int, int, str] | None = None
    words: list[str] = []
    for number, token, value in lexer.tokeniter(text, None):
        # The lexer drops the white space before a `{%-`; every other character is in some token.
        while not text.startswith(value, position):
            position += 1
        start, position = position, position + len(value)
        if token in ("raw_begin", "raw_end"):
            yield _raw_tag(token, value, start, number)
        elif token in _OPEN_TAG:
            opening, words = (start, number, value), []
        elif token in _CLOSE_TAG and opening is not None:
            yield _tag(token, value, start, opening, words)
        elif token in ("name", "operator"):
            words.append(value)


def _tag(
    token: str, value: str, start: int, opening: tuple[int, int, str], words: list[str]
) -> _Tag:
    begin, number, opened = opening
    closed = value.rstrip()
    name = words[0] if words else ""
    return _Tag(
        kind=token.removesuffix("_end"),
        name=name if token == "block_end" else "",
        start=begin,
        end=start + len(closed),
        line=number,
        inner_end=start,
        open_sign=opened[2:],
        close_sign=closed[:-2],
        captures=token == "block_end" and name in _CLOSERS and not (name == "set" and "=" in words),
    )


def _raw_tag(token: str, value: str, start: int, number: int) -> _Tag:
    closed = value.rstrip()
    open_sign = closed[2] if closed[2] in "+-" else ""
    close_sign = closed[-3] if closed[-3] in "+-" else ""
    end = start + len(closed)
    inner_end = end - 2 - len(close_sign)
    return _Tag("raw", token, start, end, number, inner_end, open_sign, close_sign)
