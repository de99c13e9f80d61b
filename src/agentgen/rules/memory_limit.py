"""A template that takes more memory than it may.

One line can ask for all the memory of a machine, and take down what else runs on it. The agent
fails, and the others are rendered.

Fails:

    $ cat agents/reviewer.md
    {{ 'Review. ' * 10 ** 10 }}
    $ agentgen lint
    agents/reviewer.md:1: error[memory-limit]: rendering takes more memory than its limit
      help: look for what is multiplied, or grows in a loop; `--limit memory=MIB` allows more

Passes:

    $ cat agents/reviewer.md
    {{ 'Review. ' * 3 }}

The limit is the setting `memory` in `[limits]`, in MiB, or the option `--limit memory=1024`.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
