"""What a Markdown text is made of, line by line: its headings, and a code block that never ends.

As CommonMark has it (spec.commonmark.org, 4.2 and 4.5), but for the lines' indentation, which lists
allow: a line of hash marks in a code block is no heading.
"""

import re

from agentgen.frozen import Frozen
from agentgen.patterns import pattern

_LINE = pattern(
    r"""^(?:
        (?P<indent>[ \t>]*) (?P<fence>`{3,}|~{3,}) (?P<info>[^\n]*)
      | [ ]{0,3} (?P<marks>\#{1,6}) (?:[ \t][^\n]*)?
    )$""",
    re.MULTILINE | re.VERBOSE,
)


class Heading(Frozen):
    """A heading's line, by its offsets, and how deep it is: 1 to 6."""

    start: int
    end: int
    level: int


class Outline(Frozen):
    """The headings of a text, and the offsets of the line that opens an endless code block.

    `blocks` are the offsets of all code blocks, with their fences.
    """

    headings: tuple[Heading, ...]
    unclosed: tuple[int, int] | None = None
    blocks: tuple[tuple[int, int], ...] = ()


def outline(text: str, start: int = 0) -> Outline:
    """Return the outline of a Markdown text from an offset on."""
    headings: list[Heading] = []
    blocks: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    for line in _LINE.finditer(text, start):
        fence = line["fence"]
        if opened is not None:
            if fence and _closes(line, opened):
                blocks.append((opened.start(), line.end()))
                opened = None
        elif fence:
            opened = line if fence[0] == "~" or "`" not in line["info"] else None
        else:
            headings.append(Heading(line.start(), line.end(), len(line["marks"])))
    if opened is not None:
        blocks.append((opened.start(), len(text)))
    return Outline(tuple(headings), opened and opened.span(), tuple(blocks))


def _closes(line: re.Match[str], opened: re.Match[str]) -> bool:
    is_deeper = len(line["indent"]) > len(opened["indent"]) + 3
    return line["fence"].startswith(opened["fence"]) and not line["info"].strip() and not is_deeper
