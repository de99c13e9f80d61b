"""A name in `tools` that is none to agentgen and none to the client.

Most clients pass over a tool that they do not know without a word, so an agent can end with no
tools at all (github/awesome-copilot#1355). Known are the generic names, the client's own, those of
other clients for the same things, MCP tools as `server/tool`, and what the setting `tools` adds.
Under `targets` tools have the client's own names, and those of agentgen mean nothing.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    tools: read, serach
    ---
    Review changes.
    $ agentgen lint
    agents/reviewer.md:4:14: warning[unknown-tool]: `serach` is no tool that agentgen knows
      help: did you mean `search`?

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    tools: read, search, deploy
    ---
    Review changes.
    $ cat agentgen.toml
    [tools]
    deploy = "terminal"
    $ agentgen lint
"""

from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Severity
from agentgen.targets.facts import MOST_UNKNOWN, is_known, unknown_tool

SEVERITY = Severity.WARNING


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for each tool that is none to the project, to agentgen, and to any client."""
    looked_at = {document.name for document in checked.documents}
    additions = dict.fromkeys(checked.tools, ())
    for agent in checked.project.agents:
        is_rendered = any(value.path[0] == "tools" for value in agent.template_values)
        if agent.document.name in looked_at and not is_rendered:
            unknown = [name for name in agent.tools if not is_known(name, additions)]
            for name in unknown[:MOST_UNKNOWN]:
                yield unknown_tool(agent, name, additions)
