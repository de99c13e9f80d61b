"""A source whose file name cannot be the name of an artifact on every system.

Windows has no files called `aux.md` or `a:b.md`, and other systems have none whose name is very
long. Who checks out there what you wrote gets an error instead of the agent.

Fails:

    $ cat agents/aux.md
    Help with the other agents.
    $ agentgen render
    agents/aux.md: error[illegal-name]: `aux.md` cannot be the name of an artifact: Windows keeps it for a device
      help: rename the source

Passes:

    $ cat agents/auxiliary.md
    Help with the other agents.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
