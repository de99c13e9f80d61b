"""Text that is printed nowhere, because its template extends another one.

Of a template that extends another, only those blocks count that the other one has. All else is
dropped, and no error tells: text behind the `{% extends %}`, and a block whose name is misspelt.

Fails:

    $ cat agents/_base.md
    You review changes.
    {% block focus %}{% endblock %}
    $ cat agents/reviewer.md
    {% extends '_base.md' %}
    {% block fokus %}
    Look at the tests first.
    {% endblock %}
    $ agentgen lint
    agents/reviewer.md:2:10: warning[unprinted-text]: the block `fokus` is printed nowhere: no template that is extended has it
      help: did you mean `focus`?

Passes:

    $ cat agents/_base.md
    You review changes.
    {% block focus %}{% endblock %}
    $ cat agents/reviewer.md
    {% extends '_base.md' %}
    {% block focus %}
    Look at the tests first.
    {% endblock %}
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
