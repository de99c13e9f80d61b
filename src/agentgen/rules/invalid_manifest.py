"""The manifest of an output folder is not one that agentgen wrote.

`.agentgen-manifest.json` tells what agentgen wrote from what others did, so it is only believed
whole: of one that was cut off, for example, nothing is written or removed by it. One that a merge
has left in conflict needs no hand: both sides are believed, and `agentgen render` writes it anew.
Restore any other from version control. Or delete it: files that are as rendered are then taken for
written ones, and others need `--force` once.

Fails:

    $ agentgen render --quiet
    $ echo '}' >> build/.agentgen-manifest.json
    $ agentgen render
    build/.agentgen-manifest.json:12:1: error[invalid-manifest]: this is not JSON: extra data

Passes:

    $ agentgen render --quiet
    $ rm build/.agentgen-manifest.json
    $ agentgen render
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
