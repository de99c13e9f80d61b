"""A prompt that no agent and no other prompt links to or includes.

It is rendered, shipped and kept up to date, and nobody is ever told of it.

Fails:

    $ cat prompts/checklist.md
    Look at the tests first.
    $ agentgen lint
    prompts/checklist.md: warning[unused-prompt]: no agent and no other prompt leads to this prompt
      help: link to it, or remove it

Passes:

    $ cat prompts/checklist.md
    Look at the tests first.
    $ cat agents/careful.md
    ---
    name: careful
    description: Looks twice
    ---
    Follow the [checklist](../prompts/checklist.md).
"""

from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Severity

SEVERITY = Severity.WARNING


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for each prompt whose file name stands in no other text."""
    if not checked.is_complete:
        return
    texts = {str(document.name): document.source.text for document in checked.documents}
    texts |= {f"artifact {each.path}": each.text for each in checked.artifacts}
    for prompt in checked.project.prompts:
        document = prompt.document
        own = {str(document.name), f"artifact prompts/{document.stem}.md"}
        file = document.name.name
        if not any(file in text for name, text in texts.items() if name not in own):
            message = "no agent and no other prompt leads to this prompt"
            place = document.source.whole()
            yield Diagnostic(
                "unused-prompt", message, place, Severity.WARNING, help="link to it, or remove it"
            )
