"""The source's own front matter, byte for byte, but for values that were templates."""

from agentgen.model import Agent, Prompt, TemplateValue
from agentgen.source.scalars import flow

RenderedValues = tuple[tuple[TemplateValue, str], ...]
"""Front matter values that were templates, each with the text that it was rendered to."""


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
