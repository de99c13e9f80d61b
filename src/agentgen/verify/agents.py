"""The agents that clients are shown: which files they are, and what they ask for."""

from collections.abc import Callable, Collection
from pathlib import PurePosixPath
from typing import Any

from agentgen.diagnostics import AgentgenError, Source
from agentgen.frozen import Frozen, field
from agentgen.source import read_front_matter

COMMAND_KEYS = frozenset({"hooks", "mcpServers", "mcp-servers", "mcp_servers"})
"""Front matter keys with which an agent brings commands that clients start."""


class AgentFile(Frozen):
    """A file that a client is shown: where it lies in a project, its text, and what it is from."""

    path: PurePosixPath
    text: str = field(repr=False)
    source: Source


class ShownAgent(Frozen):
    """One agent in a file, by the name that the client has for it.

    `tools` are the names that it asks for, None where it leaves the choice open. One that
    `brings_commands` is never started: the client would run them.
    """

    name: str
    file: AgentFile
    tools: tuple[str, ...] | None = None
    brings_commands: bool = False


def from_front_matter(file: AgentFile) -> tuple[ShownAgent, ...]:
    """Return the agent in a Markdown file with `name` and `tools`, as most clients have it."""
    keys = front_matter(file)
    name = str(keys.get("name") or stem(file))
    return (ShownAgent(name, file, listed_tools(keys.get("tools")), brings_commands(keys)),)


def front_matter(file: AgentFile) -> dict[str, Any]:
    """Return what the file's front matter says; nothing where it cannot be read."""
    try:
        matter = read_front_matter(Source(str(file.path), file.text))
    except AgentgenError:
        return {}
    return matter.mapping.value if matter else {}


def brings_commands(keys: Collection[str]) -> bool:
    """Say whether an agent with these keys brings commands that its client starts."""
    return not COMMAND_KEYS.isdisjoint(keys)


def stem(file: AgentFile) -> str:
    """Return the part of a file's name before the first dot."""
    return file.path.name.partition(".")[0]


def listed_tools(value: object) -> tuple[str, ...] | None:
    """Return the tools in a list or a comma-separated text; None where everything is meant."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return None
    names = tuple(str(each).strip() for each in value if str(each).strip())
    return None if "*" in names else names


def lost_tools(
    asked: tuple[str, ...] | None,
    given: Collection[str],
    gives: Callable[[str], Collection[str] | None],
) -> tuple[str, ...]:
    """Return the names that were asked for and give nothing.

    `gives` returns the tools of which a name gives at least one, and None for a name that depends
    on what is not there when a client is asked offline.
    """
    lost = []
    for name in asked or ():
        wanted = gives(name)
        if wanted is not None and not set(wanted) & set(given):
            lost.append(name)
    return tuple(lost)
