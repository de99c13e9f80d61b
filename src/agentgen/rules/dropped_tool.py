"""A tool that the client has no counterpart for, so that its agent does without.

It is shown with `-v`.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    tools: [agent, read]
    ---
    Review changes.
    $ agentgen lint -v -t gemini
    agents/reviewer.md:4:9: note[dropped-tool]: gemini has nothing like the tool `agent`

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    tools: [read, search]
    ---
    Review changes.
    $ agentgen lint -v -t gemini
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.NOTE
