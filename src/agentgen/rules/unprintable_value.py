"""A template that prints something which has no text of its own.

A generator would print as `<generator object at 0x7f…>`, a function as its address, and `null` as
`None`: nonsense for the model that reads it, and another text on every run.

Fails:

    $ cat agents/reviewer.md
    You know {{ schema.languages | map(attribute='name') }}.
    $ agentgen lint
    agents/reviewer.md:1: error[unprintable-value]: this prints a sequence, not text
      help: end it with `| join(', ')`

Passes:

    $ cat agents/reviewer.md
    You know {{ schema.languages | map(attribute='name') | join(', ') }}.

With the setting `undefined = "lenient"`, a value that is `null` prints nothing.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
