"""What a client would make of an artifact that does not do it justice: names, limits, traps."""

import re
from collections.abc import Iterator
from itertools import islice

from agentgen.diagnostics import Diagnostic, Severity, quoted
from agentgen.model import Agent, Prompt
from agentgen.outline import outline
from agentgen.patterns import pattern
from agentgen.targets import places
from agentgen.targets.target import Facts, Keys, Native, Target

_CODE = pattern(r"`[^`\n]+`")

MOST_TRAPS = 20
"""Texts of one kind that are reported for one body."""

_READ_AS_MORE = frozenset({"readme", "agents", "claude", "gemini"})
"""Stems of files that clients find in a folder of agents and take for something else."""


def missing_keys(target: Target, native: Native, item: Agent, found: Keys) -> Iterator[Diagnostic]:
    """Yield an error for each key that the client does not load an agent without."""
    for key in native.required:
        if found.get(key):
            continue
        if key == "description":
            message = f"{target.title} does not load an agent without a description"
            help = "add `description: …` to its front matter: clients choose an agent by it"
            severity = Severity.ERROR
            yield Diagnostic(
                "missing-description", message, item.document.head, severity, help=help
            )


def refused_name(target: Target, native: Native, item: Agent, facts: Facts) -> Iterator[Diagnostic]:
    """Yield an error for a name that the client does not take."""
    reason, help = None, "give it another `name` or file"
    if not facts.slug:
        reason = "it holds no letter from a to z and no digit"
    elif facts.slug in native.reserved:
        reason = "it is reserved"
    elif len(facts.slug) < native.shortest_name:
        reason = f"it has fewer than {native.shortest_name} characters"
    elif item.document.stem.lower() in _READ_AS_MORE and not target.agents.in_folders:
        reason = "clients take a file of that name for something else"
        help = f"move it away, or call it `_{item.document.stem}.md`: then it is no agent"
    if reason is not None:
        name = quoted(facts.slug or item.name)
        message = f"{name} cannot be the name of an agent in {target.title}: {reason}"
        yield Diagnostic("refused-name", message, item.place, help=help)


def body_limits(target: Target, native: Native, item: Agent, body: str) -> Iterator[Diagnostic]:
    """Yield an error for a body that is too long or too short for the client."""
    size, limits = len(body.strip()), native.body
    if limits.most is not None and size > limits.most:
        message = (
            f"{target.title} takes bodies of at most {limits.most:,} characters; "
            f"this one has {size:,}"
        )
        help = "move a part of it into a prompt that it links to"
        yield Diagnostic("body-limit", message, item.document.source.whole(), help=help)
    if size < limits.least:
        message = (
            f"{target.title} takes bodies of at least {limits.least:,} characters; "
            f"this one has {size:,}"
        )
        yield Diagnostic("body-limit", message, item.document.source.whole())


def traps(target: Target, native: Native, item: Agent | Prompt, body: str) -> Iterator[Diagnostic]:
    """Yield a diagnostic for text that the client takes for more than text, each text once."""
    for trap in native.traps:
        if not isinstance(item, trap.where):
            continue
        text = _without_code(body) if trap.outside_code else body
        found = dict.fromkeys(match[0] for match in re.finditer(trap.pattern, text))
        for text in islice(found, MOST_TRAPS):
            message = f"{target.title} {trap.message}: {quoted(text)}"
            place, severity = places.of_text(item, text), trap.severity
            yield Diagnostic("client-syntax", message, place, severity, help=trap.help)


def _without_code(body: str) -> str:
    parts, position = [], 0
    for start, end in outline(body).blocks:
        parts.append(body[position:start])
        position = end
    return _CODE.sub("", "".join([*parts, body[position:]]))
