"""A name in `tools` that is none to agentgen and none to the client.

Most clients pass over a tool that they do not know without a word, so an agent can end with no
tools at all (github/awesome-copilot#1355). Known are the generic names, the client's own, those of
other clients for the same things, MCP tools as `server/tool`, and what the setting `tools` adds.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    tools: read, serach
    ---
    Review changes.
    $ agentgen lint -t claude
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
    $ agentgen lint -t claude
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
