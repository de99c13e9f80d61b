"""A key that `explain` was asked about, and that the project schema cannot have.

It is neither in the project's own schema, nor one of those that agentgen knows, nor read by any
template. Most likely it is misspelt.

Fails:

    $ cat schemas/project.yaml
    project:
      name: tidecast
    $ agentgen explain schema.project.nmae
    error[unknown-schema-key]: `schema.project.nmae` is not in the project schema
      help: did you mean `schema.project.name`?

Passes:

    $ cat schemas/project.yaml
    project:
      name: tidecast
    $ agentgen explain schema.project.name
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
