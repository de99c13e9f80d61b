"""Roo Code and Zoo Code: all agents as custom modes in one `.roomodes` file.

From RooCodeInc/Roo-Code, packages/types/src/mode.ts, and the checks of @roo-code/types 1.115.0.
Tools come in groups there, so a mode may be given more than was asked for.
"""

from pathlib import PurePosixPath

from agentgen.source import as_yaml
from agentgen.targets.key_types import LIST, NAMES, TEXT, like, one_of
from agentgen.targets.target import Facts, Keys, Native, Place, Target
from agentgen.targets.vocabulary import Vocabulary

GROUPS = ("read", "edit", "command", "mcp", "modes")

KNOWN = {
    "slug": like("[a-zA-Z0-9-]+", "letters, digits and `-`"),
    "name": TEXT,
    "description": TEXT,
    "whenToUse": TEXT,
    "customInstructions": TEXT,
    "groups": LIST,
    "source": one_of("global", "project"),
    "allowedMcpServers": NAMES,
}

VOCABULARY = Vocabulary(
    names={
        "read": ("read",),
        "search": ("read",),
        "code_search": ("read",),
        "edit_file": ("edit",),
        "terminal": ("command",),
        "fetch": ("mcp",),
        "githubRepo": ("mcp",),
        "web_search": ("mcp",),
        "todo": (),
        "agent": ("modes",),
        "notebook": ("edit",),
    },
    others=frozenset(GROUPS),
    mcp="mcp",
    mcp_server="mcp",
)


def keys(facts: Facts) -> Keys:
    """Return a mode without its `roleDefinition`, which is the body."""
    return {
        "slug": facts.slug,
        "name": facts.title,
        "whenToUse": facts.description,
        "groups": GROUPS if facts.tools is None else facts.tools,
    }


def compose(found: Keys, body: str) -> str:
    """Return a mode as one item of a YAML list."""
    return as_yaml([{**found, "roleDefinition": body}])


def combine(modes: list[str]) -> str:
    """Return the whole file."""
    return "".join(["customModes:\n", *modes])


TARGET = Target(
    name="roo",
    title="Roo Code, Zoo Code",
    agents=Place(PurePosixPath(), ".roomodes"),
    prompts=Place(PurePosixPath(".roo/prompts")),
    native=Native(
        keys=keys,
        known=KNOWN,
        required=("slug", "name"),
        vocabulary=VOCABULARY,
        compose=compose,
        combine=combine,
    ),
    links_from_root=True,
)
