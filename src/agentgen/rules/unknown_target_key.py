"""A key under `targets` that the client does not know.

What stands there is written as it is, in the client's own words, so a key that it does not know
does nothing, or keeps the agent from being loaded.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    targets:
      claude:
        colour: blue
    ---
    Review changes.
    $ agentgen lint -t claude
    agents/reviewer.md:6:5: error[unknown-target-key]: `targets.claude.colour` is no key that Claude Code knows
      help: did you mean `color`?

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    targets:
      claude:
        color: blue
    ---
    Review changes.
    $ agentgen lint -t claude
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
