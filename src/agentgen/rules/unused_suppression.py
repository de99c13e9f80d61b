"""A comment, or a glob in the settings, that ignores a rule where there is nothing to ignore.

It was needed once. Left behind, it would hide the next problem of the same kind that somebody makes
on that line, or in these files. A comment that names a rule that there is not ignores nothing
either.

Fails:

    $ cat agents/reviewer.md
    Follow [our style](../prompts/style.md). {# agentgen: ignore[broken-link] #}
    $ cat prompts/style.md
    Short functions.
    $ agentgen lint
    agents/reviewer.md:1:62: warning[unused-suppression]: there is no `broken-link` in this line to ignore
      help: remove it

Passes:

    $ cat agents/reviewer.md
    Follow [our style](../docs/style.html). {# agentgen: ignore[broken-link] #}
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
