"""A code block in the rendered text that is opened and never closed.

All that follows is code to whoever reads it as Markdown. Often the closing line stands in an `{%
if %}` that this project does not take, or a block within a block has ended the outer one: then
the outer one needs more backticks.

Fails:

    $ cat agents/tester.md
    ---
    name: tester
    description: Writes tests
    ---
    Report like this:

    ```markdown
    ## Result
    ```sh
    make test
    ```
    All passed.
    ```
    $ agentgen lint
    agents/tester.md:13:1: warning[unclosed-fence]: this code block is never closed
      help: a block that holds another one needs more backticks than it

Passes:

    $ cat agents/tester.md
    ---
    name: tester
    description: Writes tests
    ---
    Report like this:

    ````markdown
    ## Result
    ```sh
    make test
    ```
    All passed.
    ````
"""

from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Severity
from agentgen.model import Document
from agentgen.outline import outline

SEVERITY = Severity.WARNING


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for the last code block of each artifact that does not end."""
    for document, artifact, start in checked.markdown():
        if "```" in artifact.text or "~~~" in artifact.text:
            opened = outline(artifact.text, start).unclosed
            if opened is not None:
                yield _unclosed(document, artifact.text[slice(*opened)].strip())


def _unclosed(document: Document, line: str) -> Diagnostic:
    rule, text = "unclosed-fence", document.source.text
    written = outline(text, document.body).unclosed
    if written is not None and text[slice(*written)].strip() == line:
        message, place = "this code block is never closed", document.source.at(*written)
        help = "a block that holds another one needs more backticks than it"
        return Diagnostic(rule, message, place, Severity.WARNING, help=help)
    message = "a code block is never closed in the rendered text"
    help = "the line that closes it is in a branch that this project does not take"
    return Diagnostic(rule, message, document.source.whole(), Severity.WARNING, help=help)
