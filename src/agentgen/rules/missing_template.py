"""An include, import or parent template that is not there.

A text is looked for beside the file that includes it, then in `partials/`, `prompts/` and
`agents/`, and nowhere else on the disk. `{% include '_role.md' ignore missing %}` does without.

Fails:

    $ cat agents/reviewer.md
    {% include '_rol.md' %}
    $ cat agents/_role.md
    You review changes.
    $ agentgen lint
    agents/reviewer.md:1:13: error[missing-template]: there is no template `_rol.md`
      help: did you mean `_role.md`?

Passes:

    $ cat agents/reviewer.md
    {% include '_role.md' %}
    $ cat agents/_role.md
    You review changes.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
