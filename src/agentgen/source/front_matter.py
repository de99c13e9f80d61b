"""The YAML block at the head of a Markdown file, through python-frontmatter's handler interface.

python-frontmatter's own `load` and `parse` lose positions, and pass over an unclosed block, a list
and a duplicate key without a word; `StrictHandler` keeps the first and reports the others. It
works as any handler does: `frontmatter.loads(text, handler=StrictHandler())`.
"""

import re

from frontmatter.default_handlers import BaseHandler

from agentgen.diagnostics import AgentgenError, Edit, Source, Span, fail
from agentgen.frozen import Frozen
from agentgen.patterns import pattern
from agentgen.source.document import parse_yaml
from agentgen.source.edits import edited_text
from agentgen.source.nodes import Mapping, kind

LARGEST = 64 * 1024
"""Characters; the largest front matter in 1,416 public agents is 2,300 bytes."""

MOST_NODES = 10_000
"""Values, keys among them."""

_FENCE = pattern(r"^---[ \t]*$", re.MULTILINE)
_HYPHENS = pattern(r"^---+[ \t]*$", re.MULTILINE)
_ALMOST = pattern(r"[\s\ufeff]+---[ \t]*\n|----+[ \t]*\n|---[ \t]*[#a-zA-Z].*\n")


class FrontMatter(Frozen):
    """Where the block stands: YAML from `start` to `end`, body from `body`; and what it says."""

    start: int
    end: int
    body: int
    mapping: Mapping


class StrictHandler(BaseHandler):
    """Front matter that is one YAML mapping with text keys, or an `AgentgenError` that says why."""

    FM_BOUNDARY = _FENCE
    START_DELIMITER = END_DELIMITER = "---"

    def __init__(self, path: str = "front matter") -> None:
        super().__init__()
        self.path = path

    def detect(self, text: str) -> bool:
        """Say whether the text begins with a `---` line."""
        return _FENCE.match(text) is not None

    def split(self, text: str) -> tuple[str, str]:
        """Return the YAML and the body, both as they stand."""
        start, end, body = _bounds(Source(self.path, text))
        return text[start:end], text[body:]

    def load(self, fm: str) -> dict[str, object]:
        """Return the YAML as plain data."""
        return _mapping(Source(self.path, fm), 0, len(fm)).value


def read_front_matter(source: Source) -> FrontMatter | None:
    """Return a source's front matter, or None when it does not begin with a `---` line.

    Raises `AgentgenError` for a block that is never closed, is too large, or is not a mapping.
    """
    if not StrictHandler(source.path).detect(source.text):
        return None
    start, end, body = _bounds(source)
    if end - start > LARGEST:
        place = source.at(0, 3)
        raise fail(
            "invalid-front-matter", f"this block is longer than {LARGEST:,} characters", place
        )
    return FrontMatter(start, end, body, _mapping(source, start, end))


class Misplaced(Frozen):
    """A first line that was meant as `---` and is not one: its offset, and what makes it one."""

    offset: int
    edits: tuple[Edit, ...]


def misplaced_fence(source: Source) -> Misplaced | None:
    """Return what was meant to open front matter and does not, if there is such a line."""
    match = _ALMOST.match(source.text)
    if match is None:
        return None
    offset = source.text.index("---", match.start())
    edits = _fence_edits(source.text, offset, match.end())
    return Misplaced(offset, edits if _opens(source, edits) else ())


def _fence_edits(text: str, offset: int, end: int) -> tuple[Edit, ...]:
    """Return edits that make the first two lines of hyphens fences."""
    if offset > 0:
        return (Edit(Span(0, offset), ""),)
    opening = text[:end].rstrip()
    if opening.startswith("----"):
        closing = _HYPHENS.search(text, end)
        lines = [(0, len(opening)), *([closing.span()] if closing else [])]
        return tuple(Edit(Span(*span), "---") for span in lines)
    after = opening[3:].lstrip()
    if not after.startswith("#"):
        return ()
    return (Edit(Span(3, len(opening) - len(after)), "\n"),)  # the comment moves below


def _opens(source: Source, edits: tuple[Edit, ...]) -> bool:
    """Say whether there is front matter once the edits are made, or would be after a next one."""
    try:
        found = read_front_matter(Source(source.path, edited_text(source.text, edits)))
    except AgentgenError as error:
        return any(each.edits for each in error.diagnostics)
    return found is not None and bool(found.mapping.entries)


def _bounds(source: Source) -> tuple[int, int, int]:
    first = _FENCE.match(source.text)
    assert first is not None  # noqa: S101 - callers ask `detect` first
    start = min(first.end() + 1, len(source.text))
    last = _FENCE.search(source.text, start)
    if last is None:
        raise fail(
            "invalid-front-matter",
            "this `---` opens front matter that no second `---` line closes",
            source.at(0, 3),
            help="close it with a line of exactly `---`, at the margin",
        )
    return start, last.start(), min(last.end() + 1, len(source.text))


def _mapping(source: Source, start: int, end: int) -> Mapping:
    node = parse_yaml(source, start, end, MOST_NODES)
    if node is None:
        return Mapping(source, start, end, {})
    if not isinstance(node, Mapping):
        raise fail(
            "invalid-front-matter",
            f"front matter must be `key: value` lines; this is {kind(node)}",
            source.at(
                node.start, min(node.end, source.line_span(source.line_column(node.start)[0]).end)
            ),
        )
    return node
