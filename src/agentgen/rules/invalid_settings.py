"""A settings file that is not TOML, or a setting whose value is not one that it can have.

A run that went on with the default instead would write the wrong files to the wrong place, and look
like one that worked.

Fails:

    $ cat agentgen.toml
    undefined = "loose"
    $ agentgen lint
    agentgen.toml:1:1: error[invalid-settings]: the setting `undefined` must be one of `guarded`, `strict`, `lenient`, not `loose`

Passes:

    $ cat agentgen.toml
    undefined = "lenient"
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
