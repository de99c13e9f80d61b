"""An artifact taken apart for reading: what its front matter says, and the Markdown below."""

from typing import TYPE_CHECKING

from agentgen.diagnostics import AgentgenError, Source
from agentgen.frozen import Frozen
from agentgen.markup import read_blocks
from agentgen.model import Artifact
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Job, Limits, Setup, Task
from agentgen.source import flow, read_front_matter
from agentgen.workers import Workers

if TYPE_CHECKING:
    from agentgen.markup import Block

MARKDOWN = (".md", ".mdc")

_LARGER = 64
"""Blocks as JSON are larger than the text that they were found in."""


class Page(Frozen):
    """The front matter's keys with their values as text, and the Markdown below.

    `body` is None for an artifact that is not Markdown, which is shown as it is.
    """

    rows: tuple[tuple[str, str], ...]
    body: str | None


def read_page(artifact: Artifact) -> Page:
    """Take an artifact apart; front matter that cannot be read is part of the body."""
    if artifact.path.suffix not in MARKDOWN:
        return Page((), None)
    source = Source(artifact.path.as_posix(), artifact.text)
    try:
        matter = read_front_matter(source)
    except AgentgenError:
        matter = None
    if matter is None:
        return Page((), artifact.text)
    entries = matter.mapping.value.items()
    return Page(tuple((key, _shown(value)) for key, value in entries), artifact.text[matter.body :])


def find_blocks(text: str, workers: Workers, limits: Limits) -> "list[Block] | None":
    """Return the blocks of a Markdown text; None where finding them takes too much.

    `workers` are some that parse Markdown and render nothing.
    """
    room = Limits(limits.time, limits.memory, limits.output * _LARGER, limits.input)
    setup = Setup(Undefined.GUARDED, Whitespace.TIDY, ("", ""), {}, room, links=True)
    job = Job("preview", text, "", task=Task.BLOCKS)
    (outcome,) = workers.perform([job], setup, lambda _name, _parent: None)
    return None if outcome.problems else read_blocks(outcome.body)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return flow(value)
