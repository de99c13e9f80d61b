"""Agent Skills: `.agents/skills/<name>/SKILL.md`, which many clients read.

From agentskills/agentskills, docs/specification.mdx; its reference validator refuses unknown keys.
`allowed-tools` is left out unless it is asked for: it grants tools beforehand and limits nothing.
"""

from pathlib import PurePosixPath

from agentgen.targets.key_types import LIST_OR_TEXT, SLUG, TEXT, TEXTS_BY_NAME, up_to
from agentgen.targets.reading import Said, text, texts
from agentgen.targets.target import Facts, Keys, Native, Place, Target

KNOWN = {
    "name": SLUG,
    "description": up_to(1024),
    "license": TEXT,
    "compatibility": up_to(500),
    "metadata": TEXTS_BY_NAME,
    "allowed-tools": LIST_OR_TEXT,
}


def keys(facts: Facts) -> Keys:
    """Return the front matter of a skill, which is named as its folder."""
    title: Keys = {"title": facts.title}
    return {
        "name": facts.slug,
        "description": facts.description,
        "metadata": title if facts.title != facts.slug else None,
    }


def said(keys: Keys) -> Said:
    """Return what a skill says of itself; the tools that it grants beforehand limit nothing."""
    metadata = keys.get("metadata")
    title = metadata.get("title") if isinstance(metadata, dict) else None
    return Said(texts(title, keys.get("name")), text(keys.get("description")))


TARGET = Target(
    name="skill",
    title="Agent Skills",
    agents=Place(PurePosixPath(".agents/skills"), "SKILL.md", in_folders=True),
    prompts=Place(PurePosixPath(".agents/prompts")),
    native=Native(keys=keys, known=KNOWN, required=("name", "description"), said=said),
    agents_also=(Place(PurePosixPath(), "SKILL.md", in_folders=True),),
)
