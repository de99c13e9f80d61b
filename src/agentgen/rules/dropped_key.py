"""A key of the front matter that the client does not know, so that it is not told.

Some clients pass over such a key, Gemini CLI refuses the agent, and OpenCode sends it to the
model's provider; so none of them gets it. It is shown with `-v`.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    icon: 🔍
    ---
    Review changes.
    $ agentgen lint -v -t claude
    agents/reviewer.md:4:1: note[dropped-key]: claude is not told `icon`

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    color: blue
    ---
    Review changes.
    $ agentgen lint -v -t claude
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.NOTE
