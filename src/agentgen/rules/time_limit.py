"""A template that takes more time than it may.

A loop without end, or one in another, would keep CI busy until somebody looks. The agent fails, and
the others are rendered.

Fails:

    $ cat agents/reviewer.md
    {% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}
    $ agentgen lint --limit time=0.3
    agents/reviewer.md: error[time-limit]: rendering takes more than 0.3 seconds of processor time

Passes:

    $ cat agents/reviewer.md
    {% for a in range(9) %}{% for b in range(9) %}{% endfor %}{% endfor %}Done.

The limit is the setting `time` in `[limits]`, in seconds, or the option `--limit time=5`.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
