"""A name in a template that stands for nothing.

Jinja2 prints nothing for it, and the agent has a hole in a sentence that no one sees: "You review
changes to ." Names that may be absent can be tested (`{% if schema.commands.test %}`), looped over,
or given a `default(…)`. `lint` also finds names that can never be there, in branches that this
project does not take.

Fails:

    $ cat agents/reviewer.md
    You review changes to {{ schema.project.nmae }}.
    $ agentgen lint
    agents/reviewer.md:1:41: error[undefined-variable]: `schema.project.nmae` is not in the project schema
      help: did you mean `schema.project.name`?

Passes:

    $ cat agents/reviewer.md
    You review changes to {{ schema.project.name }}.

The setting `undefined`, or the option `--undefined`, is `guarded`; `strict` forbids tests of absent
names as well, and `lenient` prints nothing for them, as Jinja2 does.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
