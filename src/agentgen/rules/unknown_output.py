"""A file is in the way that agentgen did not write.

Perhaps somebody wrote it by hand, before the project used agentgen. `agentgen render --diff` prints
what would change in it. To keep it, move it away, or make an agent of it in the agents folder; to
have it replaced, use `--force`. A file that is already as it is rendered is in nobody's way.

The manifest, `.agentgen-manifest.json` in the output folder, says which files agentgen wrote. It
belongs in version control where the agents do.

Fails:

    $ mkdir -p build/agents
    $ echo 'My own reviewer.' > build/agents/reviewer.md
    $ agentgen render
    build/agents/reviewer.md: error[unknown-output]: this file is there already, and agentgen did not write it
      help: `--diff` shows what would change; move it away, or overwrite it with `--force`

Passes:

    $ mkdir -p build/agents
    $ echo 'My own reviewer.' > build/agents/reviewer.md
    $ agentgen render --force
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
