"""An agent that was asked for and is not there, or that is a prompt, or several.

A name that means nothing would otherwise render nothing, and a Makefile that misspells it would
succeed for ever.

Fails:

    $ agentgen lint reviwer
    error[unknown-agent]: there is no agent `reviwer`
      help: did you mean `reviewer`?

Passes:

    $ agentgen lint reviewer

`agentgen list` shows the names. Files, folders and globs over names (`'ml-*'`) are arguments, too.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
