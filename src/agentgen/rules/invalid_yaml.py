"""Front matter, or a project schema, that is not YAML.

The usual cause is a colon within an unquoted text. Some clients forgive it; Gemini CLI and Copilot
CLI reject the agent. Anchors, aliases, tags and merge keys are refused too: no agent needs them,
and they are how a small file becomes an endless one.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes: style, tests and docs
    ---
    Review changes.
    $ agentgen lint
    agents/reviewer.md:3:29: error[invalid-yaml]: an unquoted value cannot hold `: `
      help: put the value in quotes: `description: "Reviews changes: style, tests and docs"`

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: "Reviews changes: style, tests and docs"
    ---
    Review changes.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
