"""No client to ask which agents it loads.

`agentgen verify` asks the clients that are installed. Those that are not are skipped, but where
none is left nothing was verified, and a green run would say otherwise. The default target,
`markdown`, is no client's.

Fails:

    $ mkdir -p .claude/agents && cp agents/reviewer.md .claude/agents
    $ agentgen verify --quiet --from . --clients clients
    error[missing-client]: no client that reads these agents is installed in `clients`

Passes:

    $ mkdir -p .claude/agents && cp agents/reviewer.md .claude/agents
    $ cat clients/claude
    #!/bin/sh
    echo "Available agents: reviewer" >&2
    echo '{"tools": []}'
    $ chmod +x clients/claude
    $ agentgen verify --quiet --from . --clients clients

Clients are looked for on PATH and among node's global packages, or in the folder that `--clients`
names.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
