r"""A character in the rendered text that nobody sees and that changes what it says.

Bidirectional controls, tag characters, variation selectors and zero-width characters can hide whole
sentences from the person who reviews an agent, and none from the model that reads it. What people
write passes: joiners in emoji and in scripts that need them, direction marks beside right-to-left
letters. It is looked for in rendered text, since a template can write a character as an escape.

Fails:

    $ printf 'Never push\342\200\213 to main.\n' > agents/reviewer.md
    $ agentgen lint
    agents/reviewer.md:1:11: error[hidden-character]: the rendered text holds a character that cannot be seen (U+200B)

Passes:

    $ printf 'Never push to main.\n' > agents/reviewer.md

A character that is meant goes into the settings: `allow_characters = ["U+200B"]`.
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
