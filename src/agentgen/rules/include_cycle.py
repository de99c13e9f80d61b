"""A template that includes or calls itself without end.

There is no text that it could be rendered to. The notes of the message show the way from the agent
to where the circle closes.

Fails:

    $ cat agents/reviewer.md
    {% include '_steps.md' %}
    $ cat agents/_steps.md
    Read the change.
    {% include '_steps.md' %}
    $ agentgen lint
    agents/_steps.md:2: error[include-cycle]: this includes or calls itself without end
      note: included from agents/reviewer.md:1

Passes:

    $ cat agents/reviewer.md
    {% include '_steps.md' %}
    $ cat agents/_steps.md
    Read the change.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
