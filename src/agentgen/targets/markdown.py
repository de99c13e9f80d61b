"""The default target: the source's own front matter, byte for byte, above the rendered body."""

from pathlib import PurePosixPath

from agentgen.model import Agent, Prompt
from agentgen.source.scalars import flow
from agentgen.targets.target import RenderedValues, Target


def head(item: Agent | Prompt, values: RenderedValues) -> str:
    """Return the front matter as written; a value that was a template becomes its text, quoted."""
    document = item.document
    text = document.source.text
    parts: list[str] = []
    position = 0
    for value, rendered in values:
        scalar = value.scalar
        is_block = text[scalar.start] in "|>"
        parts += [text[position : scalar.start], flow(rendered), "\n" if is_block else ""]
        position = scalar.end
    return "".join([*parts, text[position : document.body]])


TARGET = Target("markdown", PurePosixPath("agents"), PurePosixPath("prompts"), head)
