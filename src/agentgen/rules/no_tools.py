"""A list of tools in which nothing means anything to the client.

To Claude Code and Copilot an empty list is an agent that can do nothing, and a list that is left
out one that can do everything; neither is what was asked for.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    tools: [agent]
    ---
    Review changes.
    $ agentgen lint -t gemini
    agents/reviewer.md:4:1: error[no-tools]: none of the tools means anything to gemini

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    tools: [agent, read]
    ---
    Review changes.
    $ agentgen lint -t gemini
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
