"""An agent, or all agents together, that render to more text than they may.

A loop in a loop can write gigabytes from one line, and fill a disk. No client reads an agent of a
megabyte either: Copilot's limit is 30,000 characters.

Fails:

    $ cat agents/reviewer.md
    {{ 'Review changes. ' * 100000 }}
    $ agentgen lint
    agents/reviewer.md: error[output-limit]: this renders to more than 1 MiB
      help: look for a loop in a loop; `--limit output=MIB` allows more

Passes:

    $ cat agents/reviewer.md
    {{ 'Review changes. ' * 2 }}

The limit of one agent is the setting `output` in `[limits]`, in MiB, or the option
`--limit output=2`. That of all together is fixed at 256 MiB.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
