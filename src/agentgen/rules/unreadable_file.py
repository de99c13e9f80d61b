"""A file or folder that is there and cannot be read.

The system refuses, or it is a folder, a pipe or a device where a file should be, or it is larger
than a source can be. To pass over it would leave an agent out, or half of its texts.

Fails:

    $ agentgen lint --schema agents
    agents: error[unreadable-file]: cannot read this file: is a directory

Passes:

    $ cat schemas/project.yaml
    project:
      name: harbor
    $ agentgen lint --schema schemas/project.yaml

How large an agent, a prompt or a partial may be is the setting `input` in `[limits]`, in MiB, or
the option `--limit input=2`.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
