"""An agent without a description.

It is by the description that a client, or the model in it, decides when to use an agent. Claude
Code and Copilot CLI do not load an agent that has none.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    ---
    Review changes.
    $ agentgen lint
    agents/reviewer.md:1: warning[missing-description]: this agent has no description

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes before they are merged
    ---
    Review changes.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
