"""A mapping in YAML that has a key twice.

Many readers take the last value and say nothing, and others refuse the file. Whoever changes the
first of the two sees nothing happen.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    description: Reviews changes with care
    ---
    Review changes.
    $ agentgen lint
    agents/reviewer.md:4:1: error[duplicate-key]: the key `description` stands here a second time

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes with care
    ---
    Review changes.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
