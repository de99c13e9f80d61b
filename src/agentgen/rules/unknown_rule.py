"""A rule that was asked for by a name that no rule has.

A rule's name stands in brackets in each message, and `agentgen list --rules` shows them all. A word
that is none of them explains nothing.

Fails:

    $ agentgen explain undefined-varable
    error[unknown-rule]: there is no rule `undefined-varable`
      help: did you mean `undefined-variable`?

Passes:

    $ agentgen explain undefined-variable
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
