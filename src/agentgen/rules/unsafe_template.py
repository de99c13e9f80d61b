"""A template that reaches for the machinery of Python below its data.

Attributes such as `__class__` lead from any text to code that could run. Agents can come from
strangers, so templates are rendered in a sandbox, which refuses them; no agent needs one.

Fails:

    $ cat agents/reviewer.md
    {{ schema.project.name.__class__ }}
    $ agentgen lint
    agents/reviewer.md:1:24: error[unsafe-template]: `__class__` leads to what lies below the data, where no template may go

Passes:

    $ cat agents/reviewer.md
    {{ schema.project.name.upper() }}
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
