"""A project schema that is not of the form that templates rely on.

A template that loops over `schema.languages` needs a list there: of a text it would make one bullet
for each letter. The form is that of `schemas/project.schema.json`; keys that it does not name can
be anything.

Fails:

    $ cat schemas/project.yaml
    languages: python
    $ agentgen lint
    schemas/project.yaml:1:12: error[invalid-schema]: `languages` must be a list, but is the text `python`

Passes:

    $ cat schemas/project.yaml
    languages:
      - name: python
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
