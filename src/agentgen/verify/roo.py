"""Roo Code: the schema of its modes, as its own types package has it.

Seen in @roo-code/types 1.115.0. The editor extension reads `.roomodes` with the same schema.
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from agentgen.diagnostics import AgentgenError, Source
from agentgen.source import Mapping, parse_yaml
from agentgen.verify.agents import AgentFile, ShownAgent, lost_tools
from agentgen.verify.client import Client, Folder
from agentgen.verify.finding import find_package
from agentgen.verify.said import entries, names, objects, reason
from agentgen.verify.session import Session, Unanswered
from agentgen.verify.verdict import Verdict, loaded, refused

PACKAGE = "@roo-code/types"
MOST_NODES = 1_000_000


def read(file: AgentFile) -> tuple[ShownAgent, ...]:
    """Return the modes in a file, which is YAML (of which JSON is a part); of none, the file."""
    modes = entries(data(file).get("customModes"))
    shown = [ShownAgent(str(mode.get("slug")), file, groups(mode.get("groups"))) for mode in modes]
    return tuple(shown) or (ShownAgent(file.path.name, file),)


def data(file: AgentFile) -> dict[str, Any]:
    """Return what a file says; nothing where it cannot be read."""
    source = Source(str(file.path), file.text)
    try:
        node = parse_yaml(source, 0, len(file.text), MOST_NODES)
    except AgentgenError:
        return {}
    return node.value if isinstance(node, Mapping) else {}


def groups(value: object) -> tuple[str, ...]:
    """Return the names of groups; one with options is a list of its name and them."""
    listed = value if isinstance(value, list) else []
    return tuple(str(each[0] if isinstance(each, list) and each else each) for each in listed)


def ask(session: Session, agents: Sequence[ShownAgent]) -> Iterator[Verdict]:
    """Let the schema judge the file as a whole: one wrong mode spoils it."""
    package = session.client.package
    assert package is not None  # noqa: S101 - it was found by it
    modes = json.dumps(data(agents[0].file))
    ran = session.ask_node("roo.mjs", package, stdin=modes)
    said = next((each for each in objects(ran.stdout) if "modes" in each), None)
    if said is None:
        raise Unanswered(reason(ran.stderr))
    taken = {each.get("slug"): each for each in entries(said.get("modes"))}
    issues = [f"{place(each.get('path'))}{each.get('message')}" for each in entries(said["issues"])]
    for agent in agents:
        if agent.name not in taken:
            yield refused(agent, reason("; ".join(issues)))
        else:
            given = names(taken[agent.name].get("groups"))
            yield loaded(agent, given, lost_tools(agent.tools, given, lambda name: {name}))


def place(path: object) -> str:
    """Return where in the data an issue is, as a prefix."""
    return ".".join(map(str, path)) + ": " if isinstance(path, list) and path else ""


CLIENT = Client(
    "roo",
    "Roo Code",
    "roo",
    (Folder(".", ".roomodes"),),
    f"npm install --global {PACKAGE}",
    partial(find_package, name=PACKAGE),
    read,
    ask,
)
