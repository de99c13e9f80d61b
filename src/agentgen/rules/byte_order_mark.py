r"""A file that begins with a byte order mark (U+FEFF).

Clients look for `---` in the first bytes of a file. Gemini CLI, for one, rejects an agent with a
mark before it. agentgen leaves the mark out of what it writes, but whoever copies the source copies
the mark.

Fails:

    $ printf '\357\273\277Review changes.\n' > agents/reviewer.md
    $ agentgen lint
    agents/reviewer.md: warning[byte-order-mark]: this file begins with a byte order mark (U+FEFF)

Passes:

    $ printf 'Review changes.\n' > agents/reviewer.md
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
