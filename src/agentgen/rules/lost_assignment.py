"""A variable that is set in a loop, and that nothing reads before the loop's round ends.

What a loop sets is gone when its round ends, and what the variable was before is back: so says
Jinja2. A flag that is set in a loop is never set behind it, a sum stays zero, and no error tells.

Fails:

    $ cat agents/reviewer.md
    {% set typed = false %}
    {% for lang in schema.languages %}
    {% if lang.type_checking %}
    {% set typed = true %}
    {% endif %}
    {% endfor %}
    {{ 'Run the type checker.' if typed else 'Review changes.' }}
    $ agentgen lint
    agents/reviewer.md:4:8: warning[lost-assignment]: `typed` is forgotten at the end of each round, and nothing reads it there
      help: a namespace keeps it: `{% set ns.typed = … %}`, after `{% set ns = namespace() %}`

Passes:

    $ cat agents/reviewer.md
    {% set ns = namespace(typed=false) %}
    {% for lang in schema.languages %}
    {% if lang.type_checking %}
    {% set ns.typed = true %}
    {% endif %}
    {% endfor %}
    {{ 'Run the type checker.' if ns.typed else 'Review changes.' }}
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
