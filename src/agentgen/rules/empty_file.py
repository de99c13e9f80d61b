r"""An agent or a prompt that holds nothing but white space.

Nobody writes one on purpose: it is what a merge or an editor left behind. It would take the place
of an agent that worked, or be a link's target that says nothing.

Fails:

    $ printf '\n' > agents/reviewer.md
    $ agentgen lint
    agents/reviewer.md: error[empty-file]: this agent is empty
      help: write its instructions

Passes:

    $ printf 'Review changes.\n' > agents/reviewer.md
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
