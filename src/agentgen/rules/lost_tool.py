"""A tool that an agent asks for and its client does not give it.

Clients know their own names only. A name that is none of them gives the agent nothing, and nobody
is told: it reads that it may run commands, and cannot. With no name left that a client knows, the
agent has no tools at all.

Fails:

    $ cat .claude/agents/tester.md
    ---
    name: tester
    description: Runs tests
    tools: Read, terminal
    ---
    Run the tests.
    $ cat clients/claude
    #!/bin/sh
    echo "Available agents: tester" >&2
    echo '{"tools": ["Read"]}'
    $ chmod +x clients/claude
    $ agentgen verify --format text --from . --clients clients
    .claude/agents/tester.md: warning[lost-tool]: Claude Code gives `tester` nothing for `terminal`

Passes:

    $ cat .claude/agents/tester.md
    ---
    name: tester
    description: Runs tests
    tools: Read, Bash
    ---
    Run the tests.
    $ cat clients/claude
    #!/bin/sh
    echo "Available agents: tester" >&2
    echo '{"tools": ["Read", "Bash"]}'
    $ chmod +x clients/claude
    $ agentgen verify --quiet --from . --clients clients

The client of the examples is a script that says what Claude Code would say. What depends on servers
or on an account is not judged.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
