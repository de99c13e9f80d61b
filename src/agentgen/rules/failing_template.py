"""A template that stops with a failure while it is rendered.

Its names are all there, and what it does with them cannot be done: divide by nothing, add text to a
number, open a file. Nothing is written; half an agent would be worse than none.

Fails:

    $ cat agents/reviewer.md
    Give each language {{ 60 // (schema.languages | length) }} minutes.
    $ agentgen lint
    agents/reviewer.md:1: error[failing-template]: this divides by zero

Passes:

    $ cat agents/reviewer.md
    {% if schema.languages %}
    Give each language {{ 60 // (schema.languages | length) }} minutes.
    {% endif %}
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
