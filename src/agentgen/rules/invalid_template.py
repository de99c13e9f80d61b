"""A template that is not Jinja2: a block without its end, an unknown tag, filter or test.

It is found before anything is rendered, in agents that the project does not use as well. Filters
that print something else each time (`random`) are not there, since the same sources must always
give the same files. Text that only looks like a template goes between `{% raw %}` and
`{% endraw %}`.

Fails:

    $ cat agents/reviewer.md
    {% for lang in schema.languages %}
    - {{ lang.name | titel }}
    {% endfor %}
    $ agentgen lint
    agents/reviewer.md:2:18: error[invalid-template]: no filter named `titel`
      help: did you mean `title`?

Passes:

    $ cat agents/reviewer.md
    {% for lang in schema.languages %}
    - {{ lang.name | title }}
    {% endfor %}
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
