"""A key of the project schema that is nearly one that agentgen knows.

Any key is allowed in a project schema, so this one reaches templates; but the key that they ask for
has its default. The agents are rendered as for a project without languages, and it looks right.

Fails:

    $ cat schemas/project.yaml
    langauges:
      - name: python
    $ agentgen lint
    schemas/project.yaml:1:1: warning[misspelt-key]: `langauges` is not a key that agentgen knows
      help: did you mean `languages`?

Passes:

    $ cat schemas/project.yaml
    languages:
      - name: python
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
