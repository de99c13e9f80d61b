"""A key in the settings that is no setting.

A setting that is misspelt has its default, and nothing shows that the line does nothing.

Fails:

    $ cat agentgen.toml
    ouput = "dist"
    $ agentgen lint
    agentgen.toml:1:1: error[unknown-setting]: there is no setting `ouput`
      help: did you mean `output`?

Passes:

    $ cat agentgen.toml
    output = "dist"
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
