"""Braces that belong to another system, in the place of a template's tag.

Agents show workflows of GitHub Actions, JSX, Helm charts and shell scripts. To Jinja2 their braces
are its own: it fails on `${{ secrets.TOKEN }}` with a word about variables, and takes `{#install}`
in a heading for a comment, which swallows the text up to the next `#}` without a word.

Fails:

    $ cat agents/deployer.md
    ---
    name: deployer
    description: Writes workflows
    ---
    Pass the token as `${{ secrets.TOKEN }}`.
    $ agentgen lint
    agents/deployer.md:5:20: error[literal-braces]: `${{ secrets.TOKEN }}` is taken for a template's tag
      help: if a reader is meant to see it, write `{% raw %}${{ secrets.TOKEN }}{% endraw %}`

Passes:

    $ cat agents/deployer.md
    ---
    name: deployer
    description: Writes workflows
    ---
    Pass the token as `{% raw %}${{ secrets.TOKEN }}{% endraw %}`.

Reported are braces that no template can mean: `{{ .Values }}`, `{{#if}}`, `style={{ color: … }}`,
`{{Project Name}}`, `${#names[@]}`, and `${{ … }}` around a name that no template has.
"""

from collections.abc import Iterator

from agentgen.braces import LiteralBraces
from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Severity

SEVERITY = Severity.ERROR


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield an error for each pair of braces in each source; rendering stops at the first."""
    braces = LiteralBraces(checked.project.documents.values())
    for document in checked.documents:
        yield from braces.in_document(document)
