"""A value on the command line, or of the Python API, that cannot be used.

A limit that is no number and a `--set` without a value would otherwise do nothing, and a run in CI
would go on under rules that nobody asked for.

Fails:

    $ agentgen lint --limit time=soon
    error[invalid-option]: `time=soon` is not a limit
      help: write `time=5`, `memory=1024` or `output=2`

Passes:

    $ agentgen lint --limit time=5
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
