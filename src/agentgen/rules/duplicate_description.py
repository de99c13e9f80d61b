"""Two agents that say the same of themselves.

A client, or the model in it, chooses an agent by its description, and has nothing here to choose
by. It is what a copied agent looks like whose description was forgotten.

Fails:

    $ cat agents/tester.md
    ---
    name: tester
    description: Reviews changes
    ---
    Write tests.
    $ agentgen lint
    agents/tester.md:3:14: warning[duplicate-description]: `reviewer` has the same description
      note: it is at agents/reviewer.md:3:14
      help: say what this one is for and the other is not

Passes:

    $ cat agents/tester.md
    ---
    name: tester
    description: Writes tests
    ---
    Write tests.
"""

from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Note, Severity, quoted
from agentgen.model import Agent
from agentgen.source.nodes import Scalar, location

SEVERITY = Severity.WARNING


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for each rendered agent whose description another one has before it."""
    rendered = {artifact.source for artifact in checked.artifacts}
    first: dict[str, Agent] = {}
    for agent in checked.project.agents:
        text = " ".join((agent.description or "").split()).casefold()
        if not text or "agent." in text or agent.document.source.path not in rendered:
            continue
        other = first.setdefault(text, agent)
        if other is not agent and other.name != agent.name:
            yield _same(agent, other)


def _same(agent: Agent, other: Agent) -> Diagnostic:
    note = Note("it is at", location(_description(other)))
    message = f"{quoted(other.name)} has the same description"
    place = location(_description(agent))
    help = "say what this one is for and the other is not"
    return Diagnostic(
        "duplicate-description", message, place, Severity.WARNING, help=help, notes=(note,)
    )


def _description(agent: Agent) -> Scalar:
    matter = agent.document.front_matter
    node = matter.mapping.entries["description"].node if matter else None
    assert isinstance(node, Scalar)  # noqa: S101 - an agent that has a description has it there
    return node
