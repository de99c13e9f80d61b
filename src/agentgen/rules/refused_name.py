"""A name that the client does not take for an agent.

Clients that want it get the name in lower case with hyphens. What is left can still be reserved,
too short, or nothing at all.

Fails:

    $ cat agents/reviewer.md
    ---
    name: Default
    description: Reviews changes
    ---
    Review changes.
    $ agentgen lint -t qwen
    agents/reviewer.md:2:7: error[refused-name]: `default` cannot be the name of an agent in Qwen Code: it is reserved

Passes:

    $ cat agents/reviewer.md
    ---
    name: Default reviewer
    description: Reviews changes
    ---
    Review changes.
    $ agentgen lint -t qwen
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
