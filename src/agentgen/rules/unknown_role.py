"""An entry of `schema.agents` for an agent that there is not.

What it says, as `enabled: false`, reaches nobody, and the agent that was meant is rendered as if
nothing had been said about it. A `role` is the `name` of an agent, as its front matter or else its
file has it.

Fails:

    $ cat schemas/project.yaml
    agents:
      - role: reviwer
        enabled: false
    $ agentgen lint
    schemas/project.yaml:2:11: warning[unknown-role]: there is no agent `reviwer`
      help: did you mean `reviewer`?

Passes:

    $ cat schemas/project.yaml
    agents:
      - role: reviewer
        scope: [src/**]
"""

from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Severity, did_you_mean, quoted
from agentgen.source import Mapping, Node, Scalar, Sequence
from agentgen.source.nodes import location

SEVERITY = Severity.WARNING

MOST_GUESSES = 20
"""Names that are compared with all others."""


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for each role that is the name of no agent, if all agents were looked at."""
    tree = checked.project.schema.tree
    if tree is None or not checked.is_complete or not checked.has_own_agents:
        return
    names = {agent.name for agent in checked.project.agents}
    unknown = [role for role in _roles(tree) if role.text not in names]
    for index, role in enumerate(unknown):
        message = f"there is no agent {quoted(role.text)}"
        near = did_you_mean(role.text, sorted(names)) if index < MOST_GUESSES else None
        help = near or "`agentgen list` shows the agents"
        yield Diagnostic("unknown-role", message, location(role), Severity.WARNING, help=help)


def _roles(tree: Mapping) -> Iterator[Scalar]:
    entry = tree.entries.get("agents")
    items: tuple[Node, ...] = ()
    if entry is not None and isinstance(entry.node, Sequence):
        items = entry.node.items
    for item in items:
        role = item.entries.get("role") if isinstance(item, Mapping) else None
        if role is not None and isinstance(role.node, Scalar):
            yield role.node
