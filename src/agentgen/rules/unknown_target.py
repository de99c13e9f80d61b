"""A target that agentgen does not know.

A target is the format that one client reads. Agents in a format that does not exist would be found
by no client.

Fails:

    $ cat agentgen.toml
    targets = ["markdwon"]
    $ agentgen lint
    error[unknown-target]: there is no target `markdwon`
      help: did you mean `markdown`?

Passes:

    $ cat agentgen.toml
    targets = ["markdown"]
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
