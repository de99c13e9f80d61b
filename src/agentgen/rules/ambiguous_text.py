"""An unquoted front matter value that other YAML readers do not take for text.

To agentgen, `no`, `1.10` and `1e3` are text in `name`, `description` and the like, as they were
written. A reader of YAML 1.1 makes `false`, `1.1` and `1000.0` of them: the agent changes its name
from client to client, or is refused, as Claude Code's `plugin validate` does with a name that is a
number.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: no
    ---
    Refuse every change.
    $ agentgen lint
    agents/reviewer.md:3:14: warning[ambiguous-text]: `description: no` is text here, but a boolean to other YAML readers

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: "no"
    ---
    Refuse every change.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
