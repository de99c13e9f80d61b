r"""A character that nobody sees and that changes what a text says.

Bidirectional controls, tag characters, variation selectors and zero-width characters can hide whole
sentences from the person who reviews an agent, and none from the model that reads it. What people
write passes: joiners in emoji and in scripts that need them, direction marks beside right-to-left
letters. It is looked for in rendered text, since a template can write a character as an escape;
`lint` looks through the sources as well, with their comments and what is included nowhere.

Fails:

    $ printf 'Never push\342\200\213 to main.\n' > agents/reviewer.md
    $ agentgen lint
    agents/reviewer.md:1:11: error[hidden-character]: here stands a character that cannot be seen (U+200B)

Passes:

    $ printf 'Never push to main.\n' > agents/reviewer.md

A character that is meant goes into the settings: `allow_characters = ["U+200B"]`.
"""

from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Severity
from agentgen.hidden import hidden_in_source

SEVERITY = Severity.ERROR


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield an error for each hidden character of each source; rendering finds those it makes."""
    for document in checked.documents:
        yield from hidden_in_source(document.source, checked.project.allowed)
