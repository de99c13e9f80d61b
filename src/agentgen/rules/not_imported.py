"""A file that was looked at is taken for no agent.

In the folders of clients lie other files than agents: a README, texts that agents refer to, links.
`agentgen import` leaves them out, and says so with `-v`. What is named on the command line is
always taken for an agent.

Fails:

    $ cat .claude/agents/tester.md
    ---
    name: tester
    description: Tests changes
    ---
    Test changes.
    $ cat .claude/agents/README.md
    These are our agents.
    $ agentgen import -v .
    .claude/agents/README.md: note[not-imported]: this file has a name that no agent has, and is not imported

Passes:

    $ cat .claude/agents/tester.md
    ---
    name: tester
    description: Tests changes
    ---
    Test changes.
    $ agentgen import -v .
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.NOTE
