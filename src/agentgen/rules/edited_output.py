"""A file that agentgen wrote was changed by hand, and would be written anew.

The change would be lost, and the next render after it would lose it again: what should stay has to
be in the source. `agentgen render --diff` prints the change. Where it is worth keeping, make it in
the template; where it is not, `--force` writes the file as it is rendered. Nothing is changed until
then. What git and editors do by themselves is no change: CRLF, a byte order mark, a final newline.

Fails:

    $ agentgen render --quiet
    $ echo 'Be kind.' >> build/agents/reviewer.md
    $ agentgen render
    build/agents/reviewer.md: error[edited-output]: this file was changed by hand since agentgen wrote it
      help: `--diff` shows the change; keep it by making it in `agents/reviewer.md`, or drop it with `--force`

Passes:

    $ agentgen render --quiet
    $ echo 'Be kind.' >> agents/reviewer.md
    $ agentgen render
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
