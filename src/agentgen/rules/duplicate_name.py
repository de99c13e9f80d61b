"""Two agents have the same name.

A client chooses an agent by its name. Of two, Claude Code takes the one that it happens to read
last, and says nothing; the other one is never used. A name that is not given is the file's.

Fails:

    $ cat agents/auditor.md
    ---
    name: reviewer
    description: Looks for security holes
    ---
    Audit changes.
    $ agentgen lint
    agents/reviewer.md:2:7: error[duplicate-name]: there is another agent called `reviewer`
      note: the other one is at agents/auditor.md:2:7

Passes:

    $ cat agents/auditor.md
    ---
    name: auditor
    description: Looks for security holes
    ---
    Audit changes.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
