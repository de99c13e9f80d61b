"""An agent that a client does not load.

`agentgen verify` shows the rendered agents to the clients that are installed. One that a client
leaves out is not there for whoever works with that client, mostly without a word: the reason is the
client's own, from its logs where it keeps it there.

Fails:

    $ mkdir -p .claude/agents && cp agents/reviewer.md .claude/agents
    $ cat clients/claude
    #!/bin/sh
    echo "Available agents: Plan" >&2
    $ chmod +x clients/claude
    $ agentgen verify --quiet --from . --clients clients
    .claude/agents/reviewer.md: error[refused-agent]: Claude Code does not load `reviewer`: it does not say why

Passes:

    $ mkdir -p .claude/agents && cp agents/reviewer.md .claude/agents
    $ cat clients/claude
    #!/bin/sh
    echo "Available agents: reviewer" >&2
    echo '{"tools": []}'
    $ chmod +x clients/claude
    $ agentgen verify --quiet --from . --clients clients

The client of the examples is a script that says what Claude Code would say.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
