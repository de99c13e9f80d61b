"""Text in a body that the client takes for more than text.

Gemini CLI takes `${word}` in an agent for an input, and ends the run when it has none of that name:
there it is an error. In a command of Claude Code or OpenCode, what stands in code behind a `!` is
run. VS Code follows `#tool:` and `#file:`.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    ---
    Look into #file:src/main.py first.
    $ agentgen lint -t copilot
    agents/reviewer.md:5:11: warning[client-syntax]: GitHub Copilot takes this for a reference that it follows: `#file:src/main.py`

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    ---
    Look into `src/main.py` first.
    $ agentgen lint -t copilot
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
