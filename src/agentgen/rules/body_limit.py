"""A body that is too long or too short for the client.

Copilot takes at most 30,000 characters, and Qwen Code at least 10.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    ---
    Review.
    $ agentgen lint -t qwen
    agents/reviewer.md: error[body-limit]: Qwen Code takes bodies of at least 10 characters; this one has 7

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    ---
    Review changes before they are merged.
    $ agentgen lint -t qwen
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
