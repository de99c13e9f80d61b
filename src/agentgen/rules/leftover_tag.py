"""A template's tag that is still there when everything is rendered.

A client shows `{{ … }}` to the model as it stands. It comes from a value that was meant to be a
template, or from text that was rendered once too little.

Fails:

    $ cat schemas/project.yaml
    conventions:
      style: Write {{ language }} as its community does.
    $ cat agents/stylist.md
    ---
    name: stylist
    description: Knows the style
    ---
    {{ schema.conventions.style }}
    $ agentgen lint
    agents/stylist.md: warning[leftover-tag]: `{{ language }}` is still there in the rendered text

Passes:

    $ cat schemas/project.yaml
    conventions:
      style: Write every language as its community does.
    $ cat agents/stylist.md
    ---
    name: stylist
    description: Knows the style
    ---
    {{ schema.conventions.style }}

Braces that are meant to stay, as in `${{ secrets.TOKEN }}`, go between `{% raw %}` and
`{% endraw %}`; agents that hold such a block are not looked at.
"""

import re
from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Severity, quoted

SEVERITY = Severity.WARNING

_TAG = re.compile(r"\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}")
_RAW = re.compile(r"\{%[-+]?\s*raw\b|['\"]\{[{%]")


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for the first tag in each artifact, unless its sources have raw text."""
    if any(_RAW.search(document.template) for document in checked.project.partials):
        return
    sources = {document.source.path: document for document in checked.documents}
    for artifact in checked.artifacts:
        document = sources.get(artifact.source)
        if document is None or _RAW.search(document.source.text):
            continue
        head = document.front_matter.body if document.front_matter else 0
        match = _TAG.search(artifact.text, min(head, len(artifact.text)))
        if match is not None:
            message = f"{quoted(match[0])} is still there in the rendered text"
            place = document.source.whole()
            yield Diagnostic("leftover-tag", message, place, Severity.WARNING)
