"""A link to a file outside of the project, or to a path of one machine.

Whoever gets the agent has no such file, and a model that follows the link is told nothing. Inside
is what lies in the repository, or where there is none, in the folder of the settings. Links from
the root of a web site (`/docs/guide.md`) pass.

Fails:

    $ cat agents/tester.md
    ---
    name: tester
    description: Writes tests
    ---
    Follow [the guide](../../guide.md) and [my notes](/home/kim/notes.md).
    $ agentgen lint
    agents/tester.md:5:20: warning[outside-link]: the link to `../../guide.md` leads out of the project
    agents/tester.md:5:51: warning[outside-link]: the link to `/home/kim/notes.md` is a path of one machine

Passes:

    $ cat docs/guide.md
    Short functions.
    $ cat agents/tester.md
    ---
    name: tester
    description: Writes tests
    ---
    Follow [the guide](../docs/guide.md).
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
