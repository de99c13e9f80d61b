"""Tidy whitespace: a line that holds only tags leaves nothing behind.

Works on the template's tokens, before Jinja2 parses them: it changes the text between tags and
nothing else, so that line numbers stay true. `-` and `+` at a tag's edge keep their meaning: on
that side, tidy leaves the text alone.

What cannot be known before rendering is marked, and done by `strip_marks` on the rendered text:
the blanks at the end of a line whose last tag printed nothing, and the whole of a line that holds
only tags and what stands between them (`{% if x %}- {{ x }}{% endif %}`) when they print nothing.

Why not Jinja2's `trim_blocks`: it also takes the newline after a tag that ends a line of text, and
glues the next line on to it.
"""

import re
from itertools import pairwise

from jinja2.lexer import Lexer

from agentgen.environment.tags import CAPTURES, Lexed, Line, Tag, Token, find_lines, lex
from agentgen.frozen import Frozen

_BLANK = " \t"
_DASHED_TAG = re.compile(r"\s*\{[%{#]-")


class Marks(Frozen):
    """Two characters that no template holds; `start` stands in a line that may vanish."""

    start: str
    end: str


class Tidied(Frozen):
    """A template's tokens; lines of includes, of those that share them, of blocks that do not.

    A block that begins on a line of its own is lines, whatever a template that inherits puts there.
    """

    tokens: list[Token]
    includes: frozenset[int]
    inline_includes: frozenset[int]
    own_blocks: frozenset[int]


def tidy(text: str, lexer: Lexer, marks: Marks) -> Tidied:
    """Return a template's tokens with its tag-only lines made to vanish, and marks in others.

    Raises `jinja2.TemplateSyntaxError` for a tag that never ends or holds no valid tokens.
    """
    lexed = lex(text, lexer)
    includes: set[int] = set()
    inline: set[int] = set()
    own: set[int] = set()
    captures: list[str] = []
    position = 0
    newline_before = False
    for line in find_lines(lexed):
        newline_before = newline_before or line.start > position
        position = line.end + 1
        captured = bool(captures)
        spans = _spans(line.tags, captures)
        includes.update(tag.line for tag in line.tags if tag.name == "include")
        if _is_blank_outside(line, spans.silent, lexed.text):
            # A `-` at the first tag eats the newline before the line: then this one has to stay.
            # In a loop it has to in any case, for it comes between the rounds.
            repeats = any(tag.name == "for" for tag in line.tags)
            keep = line.tags[0].open_sign == "-" and (newline_before or repeats)
            _vanish(line, spans.silent, lexed, keep_newline=keep)
            newline_before = line.tags[-1].close_sign == "+" or keep
            own.update(tag.line for tag in line.tags[-1:] if tag.name == "block")
            continue
        newline_before = True
        inline.update(tag.line for tag in line.tags if tag.name == "include")
        if not captured and not captures:
            _mark(line, spans, lexed, marks)
    return Tidied(lexed.tokens, frozenset(includes), frozenset(inline), frozenset(own))


def strip_marks(text: str, marks: Marks) -> str:
    """Remove the marks from a rendered text, with the blanks and lines that tags left there."""
    if not marks.end or marks.end not in text:
        return text
    lines = (_stripped(line, marks) for line in text.split("\n"))
    return "\n".join(line for line in lines if line is not None)


def _stripped(line: str, marks: Marks) -> str | None:
    if marks.end not in line and marks.start not in line:
        return line
    *parts, last = line.split(marks.end)
    kept = "".join([*(part.rstrip(_BLANK) for part in parts), last])
    plain = kept.replace(marks.start, "")
    may_vanish = parts and plain != kept
    return None if may_vanish and not plain.strip(_BLANK) else plain


class _Spans(Frozen):
    """Offsets of a line: `silent` ones print nothing, `conditional` ones may print nothing."""

    silent: list[tuple[int, int]]
    conditional: list[tuple[int, int]]


def _spans(tags: list[Tag], captures: list[str]) -> _Spans:
    """Return a line's spans; `captures` are the ends of open captures, and are kept up to date."""
    spans = _Spans([], [])
    opened: list[Tag] = []
    for tag in tags:
        if not tag.prints:
            spans.silent.append((tag.start, tag.end))
        if tag.opens:
            opened.append(tag)
            captures += [CAPTURES[tag.name]] if tag.captures else []
        elif tag.name.startswith("end"):
            if captures and tag.name == captures[-1]:
                captures.pop()
            if opened and tag.name == f"end{opened[-1].name}":
                start = opened.pop().start
                silent = tag.name in ("endset", "endmacro")
                (spans.silent if silent else spans.conditional).append((start, tag.end))
    return spans


def _is_blank_outside(line: Line, spans: list[tuple[int, int]], text: str) -> bool:
    position = line.start
    for start, end in sorted(spans):
        if start > position and text[position:start].strip(_BLANK):
            return False
        position = max(position, end)
    return not text[position : line.end].strip(_BLANK)


def _mark(line: Line, spans: _Spans, lexed: Lexed, marks: Marks) -> None:
    first, last = line.tags[0], line.tags[-1]
    text = lexed.text
    eats = last.close_sign == "-" or _DASHED_TAG.match(text, line.end)
    if eats or text[last.end : line.end].strip(_BLANK):
        return
    whole = [*spans.silent, *spans.conditional]
    if first.open_sign == "" and _is_blank_outside(line, whole, text):
        lexed.change_before(first, 0, marks.start)
    lexed.change_after(last, 0, marks.end)


def _vanish(line: Line, silent: list[tuple[int, int]], lexed: Lexed, *, keep_newline: bool) -> None:
    first, last = line.tags[0], line.tags[-1]
    if first.open_sign == "":
        lexed.change_before(first, first.start - line.start)
    _close_gaps(line.tags, silent, lexed)
    if last.close_sign == "":
        lexed.change_after(last, line.end - last.end + (not keep_newline))


def _close_gaps(tags: list[Tag], silent: list[tuple[int, int]], lexed: Lexed) -> None:
    """Remove the blanks between tags, but for those that a macro or a `set` prints later."""
    opened = sorted(silent, reverse=True)
    captured_until = 0
    for before, after in pairwise(tags):
        while opened and opened[-1][0] < before.end:
            captured_until = max(captured_until, opened.pop()[1])
        if captured_until > after.start or before.close_sign + after.open_sign:
            continue
        gap = lexed.text[before.end : after.start]
        if not gap.strip(_BLANK):
            lexed.change_after(before, len(gap))
