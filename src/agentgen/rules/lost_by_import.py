"""An imported agent does not come out as it went in.

`agentgen import` renders what it makes and compares it, as the client reads it, with the file that
it was made from. A key's value that the client takes for nothing stays in the source and is not
written again, and a skill's scripts have no place in a source.

Fails:

    $ cat .claude/agents/tester.md
    ---
    name: tester
    description: Tests changes
    color: teal
    ---
    Test changes.
    $ agentgen import .
    .claude/agents/tester.md:1:1: warning[lost-by-import]: `color` stays in the source: `teal` is no value for claude

Passes:

    $ cat .claude/agents/tester.md
    ---
    name: tester
    description: Tests changes
    color: cyan
    ---
    Test changes.
    $ agentgen import .
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
