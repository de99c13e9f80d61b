"""A tool under a name that its client has given up.

It still works where the client or agentgen remembers it, and does nothing where they do not. The
generic name means the same to every client.

Fails:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    tools: [codebase, runCommands]
    ---
    Review changes.
    $ agentgen lint
    agents/reviewer.md:4:9: warning[renamed-tool]: the tool `codebase` is called otherwise now
      help: write `code_search`
    agents/reviewer.md:4:19: warning[renamed-tool]: the tool `runCommands` is called otherwise now
      help: write `terminal`

Passes:

    $ cat agents/reviewer.md
    ---
    name: reviewer
    description: Reviews changes
    tools: [code_search, terminal]
    ---
    Review changes.

`agentgen lint --fix` writes the new names.
"""

from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Edit, Location, Severity
from agentgen.targets import places
from agentgen.targets.vocabulary import RENAMED

SEVERITY = Severity.WARNING


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for each tool that has another name by now."""
    looked_at = {document.name for document in checked.documents}
    for agent in checked.project.agents:
        if agent.document.name not in looked_at:
            continue
        for name in dict.fromkeys(agent.tools):
            if name in RENAMED:
                place = places.of_tool(agent, name)
                message = f"the tool `{name}` is called otherwise now"
                help = f"write `{RENAMED[name]}`"
                edits = _edits(place, name)
                yield Diagnostic(
                    "renamed-tool", message, place, Severity.WARNING, help=help, edits=edits
                )


def _edits(place: Location, name: str) -> tuple[Edit, ...]:
    """Return the edit that writes the new name, where the old one stands as it is."""
    span = place.span
    if span is None or place.source.text[span.start : span.end] != name:
        return ()
    return (Edit(span, RENAMED[name]),)
