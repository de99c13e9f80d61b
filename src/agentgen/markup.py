"""Markdown, parsed for people to look at: raw HTML is text, nothing is loaded, few links lead out.

A parser can be kept busy for long, so it parses in a worker; what it found crosses the border as
JSON. Whoever shows the blocks then has no parsing left to do.
"""

import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Block: TypeAlias = "Token"
"""A piece of a parsed text, as markdown-it calls it: a token."""

_SAFE_LINK = re.compile(r"(?:https?:|mailto:|[^:]*(?:[/?#]|$))", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x20\x7f]+")


def parser(**options: Any) -> "MarkdownIt":
    """Return a parser of CommonMark with tables, with markdown-it's options."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", options).enable("table")


def parse(text: str) -> str:
    """Return the blocks of a Markdown text as JSON. Called in a worker."""
    blocks = _reader().parse(text)
    return json.dumps([_still(each).as_dict() for each in blocks])


def read_blocks(parsed: str) -> "list[Block]":
    """Return the blocks that `parse` found."""
    from markdown_it.token import Token

    return [Token.from_dict(each) for each in json.loads(parsed)]


def as_html(blocks: "list[Block]") -> str:
    """Return blocks as HTML; links open elsewhere and carry nothing with them."""
    reader = _reader()
    for block in blocks:
        for token in block.children or ():
            if token.type == "link_open":
                token.attrSet("target", "_blank")
                token.attrSet("rel", "noopener noreferrer nofollow")
    return str(reader.renderer.render(blocks, reader.options, {}))


def is_safe_link(url: str) -> bool:
    """Say whether a link may be followed: to the web, by mail, or relative."""
    return bool(_SAFE_LINK.match(_UNSEEN.sub("", url)))


def _reader() -> "MarkdownIt":
    reader = parser(html=False).enable("strikethrough")
    reader.validateLink = is_safe_link  # type: ignore[method-assign]
    return reader


def _still(block: "Block") -> "Block":
    """Turn images into their words and addresses: to load one would tell its server."""
    for token in block.children or ():
        if token.type == "image":
            token.content = f"{token.content} ({token.attrGet('src')})".lstrip()
            token.type, token.tag, token.attrs, token.children = "text", "", {}, None
    return block
