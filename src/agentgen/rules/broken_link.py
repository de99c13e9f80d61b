"""A relative link that leads to no file.

A model follows a link when it needs what stands behind it; where there is nothing, it does without,
and nobody is told. Links between agents and prompts are changed to where those files land, and this
one cannot be. A partial and a disabled agent are no files to link to: neither is written.

Fails:

    $ cat agents/reviewer.md
    Follow [our style](../prompts/styel.md).
    $ cat prompts/style.md
    Short functions.
    $ agentgen lint
    agents/reviewer.md:1:20: warning[broken-link]: the link to `../prompts/styel.md` leads nowhere

Passes:

    $ cat agents/reviewer.md
    Follow [our style](../prompts/style.md).
    $ cat prompts/style.md
    Short functions.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
