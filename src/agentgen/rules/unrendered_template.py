"""An unquoted front matter value that holds a template, which stays as it is.

Only a quoted value is rendered: without quotes, braces are YAML's own, and what they mean would
depend on the reader. The client would show its users `Reviews {{ schema.project.name }}`.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews {{ schema.project.name }}
    ---
    Review changes.
    $ agentgen lint
    agents/reviewer.md:3:14: warning[unrendered-template]: this unquoted value holds a template, which is not rendered
      help: put the value in quotes: `"Reviews {{ schema.project.name }}"`

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: "Reviews {{ schema.project.name }}"
    ---
    Review changes.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
