"""Where a template's tags stand: offsets that Jinja2's lexer knows and does not tell."""

from collections.abc import Iterator

from jinja2 import TemplateSyntaxError
from jinja2.lexer import Lexer, newline_re

from agentgen.frozen import Frozen

CAPTURES = {"set": "endset", "macro": "endmacro", "call": "endcall", "filter": "endfilter"}
"""Blocks whose content goes elsewhere first; `set` only without a value of its own."""
BLOCKS = frozenset({"for", "if", "block", "with", "autoescape"})

Token = tuple[int, str, str]
"""A line, a kind and the text, as Jinja2's lexer yields it."""

_RAW = frozenset({"raw_begin", "raw_end"})
_BEGINS = _RAW | {"block_begin", "variable_begin", "comment_begin"}
_ENDS = _RAW | {"block_end", "variable_end", "comment_end"}
_WORDS = frozenset({"name", "operator"})


class Tag(Frozen):
    """One tag of the source: its offsets, without the white space that a `-` eats.

    `before` and `after` are the indexes of the tokens of text that it stands between. `name` is
    that of a block tag, and `line` is where it stands.
    """

    name: str
    prints: bool
    captures: bool
    start: int
    end: int
    line: int
    before: int
    after: int
    open_sign: str
    close_sign: str

    @property
    def opens(self) -> bool:
        """Say whether it opens a block that an `end…` tag has to close."""
        return self.captures or self.name in BLOCKS


class Lexed(Frozen):
    """A template's text with the line breaks that Jinja2 sees, its tokens, and its tags.

    Before and after each tag there is a token of text, if an empty one.
    """

    text: str
    tokens: list[Token]
    tags: list[Tag]

    def change_before(self, tag: Tag, count: int, text: str = "") -> None:
        """Put a text for the last characters before a tag, as far as no `-` has removed them."""
        line, kind, value = self.tokens[tag.before]
        self.tokens[tag.before] = (line, kind, value[: max(len(value) - count, 0)] + text)

    def change_after(self, tag: Tag, count: int, text: str = "") -> None:
        """Put a text for the first characters after a tag."""
        line, kind, value = self.tokens[tag.after]
        line += value.count("\n", 0, count)
        self.tokens[tag.after] = (line, kind, text + value[count:])


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
    for tag in lex(text, lexer).tags:
        if opened and tag.name == f"end{opened[-1][0]}":
            opened.pop()
        elif tag.opens:
            opened.append((tag.name, tag.line))
    return opened[-1] if opened else None


def find_lines(lexed: Lexed) -> Iterator[Line]:
    """Yield every line of a template that has tags on it."""
    text = lexed.text
    line: Line | None = None
    for tag in lexed.tags:
        if line is None or tag.start > line.end:
            if line is not None:
                yield line
            line = Line(text.rfind("\n", 0, tag.start) + 1)
        line.tags.append(tag)
        if tag.end > line.end:
            newline = text.find("\n", tag.end)
            line.end = newline if newline >= 0 else len(text)
    if line is not None:
        yield line


def lex(text: str, lexer: Lexer) -> Lexed:
    """Take a template apart. Raises `jinja2.TemplateSyntaxError` where the lexer does."""
    text = newline_re.sub("\n", text)
    tokens: list[Token] = []
    tags: list[Tag] = []
    position = start = opening = 0
    words: list[Token] = []
    for token in lexer.tokeniter(text, None):
        number, kind, value = token
        if kind in _BEGINS:
            # The lexer drops the white space before a `{%-`; all else is in some token.
            start = position = text.index(value, position)
            if not tokens or tokens[-1][1] != "data":
                tokens.append((number, "data", ""))
            opening, words = len(tokens), []
        elif kind in _WORDS:
            words.append(token)
        tokens.append(token)
        position += len(value)
        if kind in _ENDS:
            tags.append(_tag(tokens, opening, start, position, words))
    if tags and tags[-1].after == len(tokens):
        number, kind, value = tokens[-1]
        if kind == "raw_begin":  # Jinja2 says so where text follows
            raise TemplateSyntaxError("Missing end of raw directive", number)
        tokens.append((number + value.count("\n"), "data", ""))
    return Lexed(text, tokens, tags)


def _tag(tokens: list[Token], opening: int, start: int, position: int, words: list[Token]) -> Tag:
    opened = tokens[opening]
    _, kind, value = tokens[-1]
    closed = value.rstrip()
    line, _, word = words[0] if words else opened
    name = word if kind == "block_end" else ""
    prints = kind == "variable_end"
    captures = name in CAPTURES and not (name == "set" and any(each[2] == "=" for each in words))
    end = position - len(value) + len(closed)
    before, after = opening - 1, len(tokens)
    signs = _sign(opened[2][2:3]), _sign(closed[-3:-2])
    return Tag(name, prints, captures, start, end, line, before, after, *signs)


def _sign(character: str) -> str:
    return character if character in "+-" else ""
