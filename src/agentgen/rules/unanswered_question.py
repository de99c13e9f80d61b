"""A client that was asked about an agent and did not answer.

It took too long, failed, or said something that agentgen does not understand: it may be newer than
what agentgen knows, or broken. Whether it loads the agent is not known then, which is not the same
as no.

Fails:

    $ mkdir -p .claude/agents && cp agents/reviewer.md .claude/agents
    $ cat clients/claude
    #!/bin/sh
    echo "cannot start" >&2
    $ chmod +x clients/claude
    $ agentgen verify --quiet --from . --clients clients
    .claude/agents/reviewer.md: error[unanswered-question]: Claude Code does not say what it makes of `reviewer`: cannot start

Passes:

    $ mkdir -p .claude/agents && cp agents/reviewer.md .claude/agents
    $ cat clients/claude
    #!/bin/sh
    echo "Available agents: reviewer" >&2
    echo '{"tools": []}'
    $ chmod +x clients/claude
    $ agentgen verify --quiet --from . --clients clients

`--timeout SECONDS` gives clients more time for each answer.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
