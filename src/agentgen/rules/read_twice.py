"""Two targets whose files one client reads both.

VS Code reads `.claude/agents` as well as `.github/agents`, and shows an agent that is in both
twice; Copilot CLI takes the one in `.github`. It is shown with `-v`.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    ---
    Review changes.
    $ agentgen lint -v -t claude -t copilot
    note[read-twice]: GitHub Copilot reads `.claude/agents` too, and may show each agent twice

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    ---
    Review changes.
    $ agentgen lint -v -t copilot
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.NOTE
