"""A value under `targets` that the client does not take.

Clients are strict about types in different ways: one passes over the key, another refuses the
agent, and OpenCode stops working in the whole project.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    targets:
      claude:
        color: crimson
    ---
    Review changes.
    $ agentgen lint -t claude
    agents/reviewer.md:6:5: error[invalid-target-value]: `targets.claude.color` must be one of `red`, `blue`, `green`, `yellow`, `purple`, `orange`, `pink`, `cyan`, not `crimson`

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    targets:
      claude:
        color: red
    ---
    Review changes.
    $ agentgen lint -t claude
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
