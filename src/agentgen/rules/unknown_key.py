"""A front matter key that no client and no template reads.

It is kept, and nothing comes of it: with `desciption` the agent has no description. Some clients do
worse: Gemini CLI rejects the agent, and OpenCode sends the key to the model's provider.

Fails:

    $ cat agents/tester.md
    ---
    name: tester
    description: Writes tests
    modle: opus
    ---
    Write tests.
    $ agentgen lint
    agents/tester.md:4:1: warning[unknown-key]: `modle` is not a front matter key that agentgen knows
      help: did you mean `model`?

Passes:

    $ cat agents/tester.md
    ---
    name: tester
    description: Writes tests
    model: opus
    team: quality
    ---
    Write tests, as team {{ agent.team }} does.

Known are the keys of the clients, some that people keep for themselves (`author`, `tags`), what a
template reads as `agent.KEY`, and what `front-matter-keys` in `[lint]` lists.
"""

import re
from collections.abc import Iterable, Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Severity, did_you_mean, quoted
from agentgen.front_matter_keys import KNOWN_KEYS, OWN_KEYS
from agentgen.source import Entry
from agentgen.source.nodes import location

SEVERITY = Severity.WARNING

MOST_GUESSES = 50
"""Keys that are compared with all others, in a run."""

_READ = re.compile(r"\bagent\s*(?:\.\s*(\w+)|\[\s*['\"]([^'\"\n]+)['\"]\s*\])")
_TAG = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}")
_READ_AS_A_WHOLE = re.compile(r"(?<![\w.'\"])agent\b\s*(?![\w\s.'\"\[]|\[\s*['\"])")


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for each unknown key of each agent and prompt."""
    known = KNOWN_KEYS | {*checked.settings.front_matter_keys}
    entries = [entry for entry in _entries(checked) if entry.key.text not in known]
    texts = [document.source.text for document in checked.project.documents.values()]
    if not entries or any(map(_reads_any_key, texts)):
        return
    read = {name for text in texts for pair in _READ.findall(text) for name in pair}
    cures: dict[str, str] = {}
    for entry in entries:
        key = entry.key.text
        if key in read:
            continue
        if key not in cures:
            near = _nearest(key, known | read) if len(cures) < MOST_GUESSES else None
            cures[key] = near or "if it is meant, list it in `front-matter-keys`, under `[lint]`"
        message = f"{quoted(key)} is not a front matter key that agentgen knows"
        place = location(entry.key)
        yield Diagnostic("unknown-key", message, place, Severity.WARNING, help=cures[key])


def _nearest(key: str, known: Iterable[str]) -> str | None:
    return did_you_mean(key, sorted(OWN_KEYS)) or did_you_mean(key, sorted(known))


def _entries(checked: Checked) -> Iterator[Entry]:
    partials = {document.source.path for document in checked.project.partials}
    for document in checked.documents:
        if document.front_matter is not None and document.source.path not in partials:
            yield from document.front_matter.mapping.entries.values()


def _reads_any_key(text: str) -> bool:
    """Say whether a template does more with `agent` than to read keys that it names."""
    return any(_READ_AS_A_WHOLE.search(tag[0]) for tag in _TAG.finditer(text))
