"""Roo Code and Zoo Code: all agents as custom modes in one `.roomodes` file.

From RooCodeInc/Roo-Code, packages/types/src/mode.ts, and the checks of @roo-code/types 1.115.0.
Tools come in groups there, so a mode may be given more than was asked for.
"""

import json
from pathlib import PurePosixPath

from agentgen.diagnostics import Source
from agentgen.source import as_yaml, flow, parse_yaml
from agentgen.targets.key_types import MAPPING, NAMES, TEXT, like, one_of
from agentgen.targets.reading import Part, Said, names, parts_below, text, texts
from agentgen.targets.target import Facts, Keys, Native, Place, Target
from agentgen.targets.vocabulary import Vocabulary

GROUPS = ("read", "edit", "command", "mcp", "modes")
LISTED = ", ".join(f"`{name}`" for name in GROUPS)
GROUP = one_of(*GROUPS)
WITH_OPTIONS = {
    "description": "a group and a mapping of its options",
    "type": "array",
    "prefixItems": [GROUP, MAPPING],
    "minItems": 2,
    "maxItems": 2,
}

KNOWN = {
    "slug": like("[a-zA-Z0-9-]+", "letters, digits and `-`"),
    "name": TEXT,
    "description": TEXT,
    "whenToUse": TEXT,
    "customInstructions": TEXT,
    "groups": {
        "description": f"a list of groups ({LISTED}), each a name or a list of it and its options",
        "type": "array",
        "items": {"anyOf": [GROUP, WITH_OPTIONS]},
    },
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


def split(source: Source) -> list[Part]:
    """Return the modes of a file, which may be JSON as well."""
    plain = _without_escapes(source)
    return parts_below("customModes", "roleDefinition", parse_yaml(plain), plain)


def _without_escapes(source: Source) -> Source:
    """Return JSON with its characters as they are: YAML has no escape for half of one."""
    if "\\u" not in source.text or not source.text.lstrip().startswith("{"):
        return source
    try:
        return Source(source.path, flow(json.loads(source.text)))
    except (ValueError, RecursionError):
        return source  # and YAML's reader says what is wrong


def said(keys: Keys) -> Said:
    """Return what a mode says of itself; all groups together are no choice."""
    asked = names(keys.get("groups"))
    return Said(
        texts(keys.get("name"), keys.get("slug")),
        text(keys.get("whenToUse")) or text(keys.get("description")),
        tools=None if asked is None or {*asked} == {*GROUPS} else asked,
    )


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
        split=split,
        said=said,
        combine=combine,
    ),
    links_from_root=True,
)
