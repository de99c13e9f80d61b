"""A `---` line that was meant to begin front matter, and does not.

Front matter begins on the first line, with exactly three hyphens. After a blank line, or with a
fourth hyphen, it is text: the agent has no name, description or tools any more, and its keys
are read to the model as instructions. Claude Code, Copilot CLI and Qwen Code do not load an agent
that begins with a blank line.

Fails:

    $ cat agents/reviewer.md
    ----
    name: reviewer
    description: Reviews changes
    ----
    Review changes.
    $ agentgen lint
    agents/reviewer.md:1:1: warning[misplaced-front-matter]: this is taken as text, not as front matter

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    ---
    Review changes.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
