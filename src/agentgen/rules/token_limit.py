"""An agent that is longer than the project allows, in tokens.

Every token of an agent is read again with each request, and is taken from what the model has for
the task. A library grows line by line, and nobody notices. There is no limit unless the settings
have one.

Fails:

    $ cat agentgen.toml
    [lint]
    max-tokens = 25
    $ cat agents/tester.md
    ---
    name: tester
    description: Writes tests
    ---
    Write a test for each promise of the documentation, and see it fail once before it passes.
    $ agentgen lint
    agents/tester.md: warning[token-limit]: this renders to about 30 tokens, and the limit is 25

Passes:

    $ cat agentgen.toml
    [lint]
    max-tokens = 25
    $ cat agents/tester.md
    ---
    name: tester
    description: Writes tests
    ---
    Write a test for each promise, and see it fail once.

Tokens are estimated, since each model has a tokenizer of its own: up to eight letters, three
digits or three signs are one, and so is every character beyond ASCII. For 1,000 public agents and
skills, 95 of 100 estimates are within 10 % of OpenAI's o200k_base, and the typical one is 1 %
over; 94 of 100 are within 15 % of the tokenizer that Anthropic has published (0.0.4), the typical
one 8 % under.
"""

import re
from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Severity

SEVERITY = Severity.WARNING

_TOKEN = re.compile(r"[A-Za-z]{1,8}|[0-9]{1,3}|[!-/:-@\[-`{-~]{1,3}|[^\x00-\x7f]")


def tokens(text: str) -> int:
    """Return about how many tokens a model takes a text for."""
    return sum(1 for _ in _TOKEN.finditer(text))


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for each document that renders to more tokens than the settings allow."""
    limit = checked.settings.max_tokens
    if not limit:
        return
    sources = {document.source.path: document.source for document in checked.documents}
    longest: dict[str, int] = {}
    for artifact in checked.artifacts:
        if artifact.source not in sources:  # a file that holds several agents, as Roo Code's
            continue
        if len(artifact.text) > limit:  # no token is shorter than a character
            longest[artifact.source] = max(longest.get(artifact.source, 0), tokens(artifact.text))
    for path, number in longest.items():
        if number > limit:
            message = f"this renders to about {number:,} tokens, and the limit is {limit:,}"
            help = "move what is not needed each time into a prompt that it links to"
            place = sources[path].whole()
            yield Diagnostic("token-limit", message, place, Severity.WARNING, help=help)
