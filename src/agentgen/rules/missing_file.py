"""A file or folder that was asked for and is not there.

It is the project's folder, its agents, or a project schema that an option, an argument or a setting
names; or there are several schemas, and none of them is the one. To go on without would
write agents for some other project.

Fails:

    $ agentgen lint --schema schemas/projcet.yaml
    schemas/projcet.yaml: error[missing-file]: there is no such file

Passes:

    $ cat schemas/project.yaml
    project:
      name: harbor
    $ agentgen lint --schema schemas/project.yaml
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
