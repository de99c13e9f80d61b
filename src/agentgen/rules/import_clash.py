"""Two files that are imported would be one source.

A source stands for one agent in every client, and is named after its file. Two files of that name,
or with the same `name` for one client, can be one source only where they say the same: so
`agentgen import` asks which is meant.

Fails:

    $ cat .claude/agents/tester.md
    ---
    name: tester
    description: Tests changes
    ---
    Test changes.
    $ cat .github/agents/tester.agent.md
    ---
    name: tester
    description: Tests changes
    ---
    Run the tests.
    $ agentgen import .
    .github/agents/tester.agent.md:1:1: error[import-clash]: `agents/tester.md` would be made of two files that differ in their text

Passes:

    $ cat .claude/agents/tester.md
    ---
    name: tester
    description: Tests changes
    ---
    Test changes.
    $ cat .github/agents/tester.agent.md
    ---
    name: tester
    description: Tests changes
    tools: [read]
    ---
    Test changes.
    $ agentgen import .

`--prefer TARGET` takes the text of one client.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
