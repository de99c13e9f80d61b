"""A rendered agent for a terminal, drawn by Rich. What is drawn cannot steer the terminal.

Code is not coloured by its language: colouring is a parser for each, and none of them was made for
text that means harm.
"""

import io
import re
from collections.abc import Iterator
from copy import copy
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, ClassVar

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from agentgen.preview.page import Page

if TYPE_CHECKING:
    from agentgen.markup import Block

MOST_ALIGNED = 4000
"""Lines of both texts together; longer ones stand side by side from the top."""

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066-\u2069]")
_THEME = Theme(
    {
        "markdown.code": "cyan",
        "markdown.h1": "bold underline",
        "markdown.h2": "bold magenta",
        "markdown.h3": "bold",
        "markdown.item.bullet": "yellow",
        "markdown.item.number": "yellow",
        "markdown.table.border": "dim",
        "markdown.table.header": "bold",
        "markdown.link": "cyan",
        "markdown.link_url": "dim",
    }
)
_ADDED, _REMOVED = Style(color="green"), Style(color="red")


def draw_page(
    title: str, page: Page, blocks: "list[Block] | None", text: str, *, width: int, color: bool
) -> str:
    """Return an artifact as people want to read it: a small table of its front matter, its body.

    `blocks` are those of the page's body; without them `text`, the whole artifact, is shown.
    """
    parts: list[RenderableType] = [Rule(Text(_inert(title)), style="dim")]
    if blocks is None:
        parts.append(Text(_inert(text)))
    else:
        parts += [_rows(page), Text()] if page.rows else []
        parts.append(_Parsed(blocks if color else list(_spelt_out(blocks))))
    return _drawn(parts, width=width, color=color)


def draw_beside(titles: tuple[str, str], source: str, text: str, *, width: int, color: bool) -> str:
    """Return a source and what it was rendered to, side by side, with equal lines at one height."""
    table = Table(box=box.SIMPLE_HEAD, expand=True, padding=(0, 1), pad_edge=False)
    table.add_column("", justify="right", style="dim", no_wrap=True)
    table.add_column(Text(_inert(titles[0])), ratio=1, overflow="fold")
    table.add_column("", justify="right", style="dim", no_wrap=True)
    table.add_column(Text(_inert(titles[1])), ratio=1, overflow="fold")
    for left, right in _aligned(source.splitlines(), text.splitlines()):
        is_same = left and right and left[1] == right[1]
        styles = ("", "") if is_same else (_REMOVED, _ADDED)
        table.add_row(*_cells(left, styles[0]), *_cells(right, styles[1]))
    return _drawn([table], width=width, color=color)


_Line = tuple[int, str]
"""A line's number, from 1, and its text."""


def _aligned(source: list[str], text: list[str]) -> Iterator[tuple[_Line | None, _Line | None]]:
    left, right = list(enumerate(source, 1)), list(enumerate(text, 1))
    matcher = SequenceMatcher(None, source, text, autojunk=False)
    codes = [("replace", 0, len(left), 0, len(right))]
    if len(left) + len(right) <= MOST_ALIGNED:
        codes = list(matcher.get_opcodes())
    for _, start, end, other_start, other_end in codes:
        one, other = left[start:end], right[other_start:other_end]
        for index in range(max(len(one), len(other))):
            yield (
                one[index] if index < len(one) else None,
                other[index] if index < len(other) else None,
            )


def _cells(line: _Line | None, style: Style | str) -> tuple[str, Text]:
    return ("", Text()) if line is None else (str(line[0]), Text(_inert(line[1]), style=style))


def _rows(page: Page) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(style="bold cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in page.rows:
        table.add_row(Text(_inert(key)), Text(_inert(value.strip())))
    return table


def _drawn(parts: list[RenderableType], *, width: int, color: bool) -> str:
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=color,
        color_system="auto" if color else None,
        no_color=not color,
        theme=_THEME,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
    with console.capture() as drawn:
        for part in parts:
            console.print(part, overflow="fold")
    lines = (line.rstrip() for line in drawn.get().splitlines())
    return "".join(f"{line}\n" for line in lines)


def _inert(text: str) -> str:
    return _STEERING.sub(lambda match: f"\\u{{{ord(match[0]):x}}}", text)


def _spelt_out(blocks: "list[Block]") -> "Iterator[Block]":
    """Say with marks what colours would say: what is a heading, and what is code."""
    for block, before in zip(blocks, (None, *blocks), strict=False):
        for token in block.children or ():
            if token.type == "code_inline":
                token.content = f"`{token.content}`"
        if before is not None and before.type == "heading_open" and block.children is not None:
            level = int(before.tag.removeprefix("h"))
            marks = copy(block)
            marks.type, marks.content, marks.children = "text", f"{'#' * level} ", None
            block.children.insert(0, marks)
        yield block


class _LeftHeading(Heading):
    LEVEL_ALIGN: ClassVar = {}


class _PlainCode(CodeBlock):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Padding(Text(str(self.text).rstrip(), style="cyan"), (0, 0, 0, 4))


class _Parsed(Markdown):
    """Markdown that was parsed elsewhere."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _LeftHeading,
        "fence": _PlainCode,
        "code_block": _PlainCode,
    }

    def __init__(self, blocks: "list[Block]") -> None:
        super().__init__("", hyperlinks=False)
        self.parsed = blocks
        for token in _all(blocks):
            token.content = _inert(token.content)
            token.attrs = {name: _inert(str(value)) for name, value in token.attrs.items()}


def _all(tokens: "list[Block]") -> "Iterator[Block]":
    for token in tokens:
        yield token
        yield from _all(token.children or [])
