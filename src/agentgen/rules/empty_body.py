"""An agent that has front matter and no instructions.

Clients offer it like any other, and whoever chooses it talks to a model that was told nothing.
Qwen Code skips an agent whose text is shorter than ten characters.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    ---
    $ agentgen lint
    agents/reviewer.md:1: warning[empty-body]: this agent has front matter and no instructions

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    ---
    Review changes, and say what you would do differently.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
