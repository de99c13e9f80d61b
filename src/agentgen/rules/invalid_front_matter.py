"""Front matter that is YAML, but not what an agent or a prompt can begin with.

It is closed by a second `---` line and made of `key: value` lines; `name` and `description` are
text, and `tools` is a list or a text with commas. Clients take anything else for part of the
instructions, or load the agent without its tools.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    tools: 3
    ---
    Review changes.
    $ agentgen lint
    agents/reviewer.md:4:1: error[invalid-front-matter]: `tools` must be a list or a comma-separated text, but is the number `3`
      help: write `tools: [read, edit]`

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    tools: [read, search]
    ---
    Review changes.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
