"""A file is kept that agentgen wrote once and that nothing produces any more.

What agentgen wrote and no source produces is removed by the next whole render, so that clients do
not load agents that are gone. This file was changed by hand since, or something else stands in its
place, so it is left alone. Remove it by hand when it is of no more use, or let `--force` do it.

Fails:

    $ cat agents/old.md
    ---
    name: old
    description: Goes away
    ---
    Old.
    $ agentgen render --quiet
    $ echo 'Be kind.' >> build/agents/old.md
    $ rm agents/old.md
    $ agentgen render
    build/agents/old.md: warning[orphaned-output]: nothing produces this file any more, but it is kept: it was edited
      help: remove it by hand, or with `--force`

Passes:

    $ cat agents/old.md
    ---
    name: old
    description: Goes away
    ---
    Old.
    $ agentgen render --quiet
    $ rm agents/old.md
    $ agentgen render
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
