"""A `name` in the front matter that is empty or blank.

The agent is called as its file, and so it would be without the key. Some clients are told something
else: VS Code reports an empty name as an error, and Claude Code passes over an agent without one.

Fails:

    $ cat agents/tester.md
    ---
    name:
    description: Writes tests
    ---
    Write tests.
    $ agentgen lint
    agents/tester.md:2:1: warning[empty-name]: this name is empty, and `tester` is taken from the file

Passes:

    $ cat agents/tester.md
    ---
    description: Writes tests
    ---
    Write tests.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.WARNING
