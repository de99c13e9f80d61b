"""Cursor: subagents in `.cursor/agents`.

From https://cursor.com/docs/subagents (2.4 and later). There is no list of tools; an agent that is
asked neither to edit nor to run commands is made `readonly`. Cursor reads `.claude/agents` and
`.codex/agents` as well. It cannot be asked offline what it loads, so this target is experimental.
"""

from pathlib import PurePosixPath

from agentgen.targets.key_types import TEXT, YES_OR_NO
from agentgen.targets.target import Facts, Keys, Native, Place, Target

CHANGES = frozenset({"edit_file", "terminal", "notebook"})
"""The generic tools by which an agent changes something."""

KNOWN = {
    "name": TEXT,
    "description": TEXT,
    "model": TEXT,
    "readonly": YES_OR_NO,
    "is_background": YES_OR_NO,
}


def keys(facts: Facts) -> Keys:
    """Return the front matter of a subagent."""
    is_readonly = bool(facts.kinds) and not facts.kinds & CHANGES
    return {
        "name": facts.slug,
        "description": facts.description,
        "model": facts.model,
        "readonly": is_readonly or None,
    }


TARGET = Target(
    name="cursor",
    title="Cursor",
    agents=Place(PurePosixPath(".cursor/agents")),
    prompts=Place(PurePosixPath(".cursor/prompts")),
    native=Native(keys=keys, known=KNOWN, models=r"inherit|fast|[a-z]+[\w.]*-[\w.-]+"),
    also_reads=("claude", "codex"),
    is_experimental=True,
)
