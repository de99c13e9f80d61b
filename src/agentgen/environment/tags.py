"""Where a template's tags stand: offsets that Jinja2's lexer knows and does not tell."""

from collections.abc import Iterator

from jinja2.lexer import Lexer

from agentgen.frozen import Frozen

CAPTURES = {"set": "endset", "macro": "endmacro", "call": "endcall", "filter": "endfilter"}
"""Blocks whose content goes elsewhere first; `set` only without a value of its own."""
BLOCKS = frozenset({"for", "if", "block", "with", "autoescape"})

_OPEN_TAG = frozenset({"block_begin", "variable_begin", "comment_begin"})
_CLOSE_TAG = frozenset({"block_end", "variable_end", "comment_end"})


class Tag(Frozen):
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

    @property
    def opens(self) -> bool:
        """Say whether it opens a block that an `end…` tag has to close."""
        return self.captures or self.name in BLOCKS


class Line:
    """From one newline outside of tags to the next; a tag in it may span several lines."""

    __slots__ = ("end", "start", "tags")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = 0
        self.tags: list[Tag] = []


def unclosed_block(text: str, lexer: Lexer) -> tuple[str, int] | None:
    """Return the name and the line of the innermost block tag that nothing closes, if any."""
    opened: list[tuple[str, int]] = []
    for tag in find_tags(text, lexer):
        if opened and tag.name == f"end{opened[-1][0]}":
            opened.pop()
        elif tag.opens:
            opened.append((tag.name, tag.line))
    return opened[-1] if opened else None


def find_lines(text: str, tags: Iterator[Tag]) -> Iterator[Line]:
    """Yield every line of a template with the tags on it."""
    line = Line(0)
    position = 0
    for tag in tags:
        while (newline := text.find("\n", position, tag.start)) >= 0:
            line.end = newline
            yield line
            line = Line(newline + 1)
            position = newline + 1
        line.tags.append(tag)
        position = tag.end
    while (newline := text.find("\n", position)) >= 0:
        line.end = newline
        yield line
        line = Line(newline + 1)
        position = newline + 1
    line.end = len(text)
    yield line


def find_tags(text: str, lexer: Lexer) -> Iterator[Tag]:
    """Yield every tag in order. Raises `jinja2.TemplateSyntaxError` where the lexer does."""
    position = 0
    opening: tuple[int, int, str] | None = None
    words: list[str] = []
    for number, token, value in lexer.tokeniter(text, None):
        # The lexer drops the white space before a `{%-`; every other character is in some token.
        start = max(text.find(value, position), position)
        position = start + len(value)
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
) -> Tag:
    begin, number, opened = opening
    closed = value.rstrip()
    name = words[0] if words else ""
    return Tag(
        kind=token.removesuffix("_end"),
        name=name if token == "block_end" else "",
        start=begin,
        end=start + len(closed),
        line=number,
        inner_end=start,
        open_sign=opened[2:],
        close_sign=closed[:-2],
        captures=token == "block_end" and name in CAPTURES and not (name == "set" and "=" in words),
    )


def _raw_tag(token: str, value: str, start: int, number: int) -> Tag:
    closed = value.rstrip()
    open_sign = closed[2] if closed[2] in "+-" else ""
    close_sign = closed[-3] if closed[-3] in "+-" else ""
    end = start + len(closed)
    inner_end = end - 2 - len(close_sign)
    return Tag("raw", token, start, end, number, inner_end, open_sign, close_sign)
