"""Where in a source the things stand that a target has something to say about."""

import re

from agentgen.diagnostics import Location
from agentgen.model import Agent, Prompt
from agentgen.source import Scalar, Sequence
from agentgen.source.nodes import find, location


def of_key(item: Agent | Prompt, *path: str | int) -> Location:
    """Return where a key of the front matter stands, or its document where it has no such key."""
    matter = item.document.front_matter
    if matter is None:
        return item.document.source.whole()
    node, key = find(matter.mapping, path)
    if node is matter.mapping:
        return item.document.source.whole()
    return location(key or node)


def of_tool(item: Agent | Prompt, name: str) -> Location:
    """Return where a name stands in the list of tools, or in the comma-separated text of it."""
    matter = item.document.front_matter
    entry = matter.mapping.entries.get("tools") if matter else None
    if entry is None:
        return item.document.source.whole()
    whole = re.compile(rf"(?<![\w/.-]){re.escape(name)}(?![\w/.-])")
    nodes = entry.node.items if isinstance(entry.node, Sequence) else (entry.node,)
    for node in nodes:
        match = whole.search(node.source.text, node.start, node.end)
        if isinstance(node, Scalar) and match is not None:
            return node.source.at(*match.span())
    return location(entry.key)


def of_text(item: Agent | Prompt, text: str) -> Location:
    """Return where a text stands in the body, or the whole document where a template made it."""
    document = item.document
    start = document.source.text.find(text, document.body)
    return document.source.whole() if start < 0 else document.source.at(start, start + len(text))
