"""A symbolic link, among the sources, to a place outside of their folder.

A library can come from somebody else. If its links were followed anywhere, `agents/notes.md` could
be your private key, and the artifacts that you publish would hold it. Links within the folder that
holds agents, prompts and partials are fine.

Fails:

    $ ln -s /etc/hosts agents/notes.md
    $ agentgen lint
    agents/notes.md: error[escaping-link]: this link leads out of the library

Passes:

    $ cat prompts/style.md
    Short functions.
    $ ln -s style.md prompts/taste.md
"""

from agentgen.diagnostics import Severity

SEVERITY = Severity.ERROR
