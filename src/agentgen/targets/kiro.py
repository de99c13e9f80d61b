"""Kiro: custom agents in `.kiro/agents`, named by their files.

From https://kiro.dev/docs/custom-agents and https://kiro.dev/docs/cli/v3/agent-config. Kiro cannot
be asked offline what it loads, so this target is experimental. A workspace must be trusted first.
"""

from pathlib import PurePosixPath

from agentgen.targets.key_types import MAPPING, MAPPINGS, NAMES, TEXT
from agentgen.targets.target import Facts, Keys, Native, Place, Target
from agentgen.targets.vocabulary import Vocabulary

KNOWN = {
    "description": TEXT,
    "model": TEXT,
    "tools": NAMES,
    "mcpServers": MAPPING,
    "permissions": MAPPINGS,
    "resources": NAMES,
    "welcomeMessage": TEXT,
}

VOCABULARY = Vocabulary(
    names={
        "read": ("read",),
        "search": ("read",),
        "code_search": ("read",),
        "edit_file": ("write",),
        "terminal": ("shell",),
        "fetch": ("web",),
        "githubRepo": ("web",),
        "web_search": ("web",),
        "todo": ("todo_list",),
        "agent": ("subagent",),
        "notebook": ("write",),
    },
    others=frozenset({"@mcp", "@builtin", "knowledge", "context"}),
    mcp="@{server}/{tool}",
    mcp_server="@{server}",
    everything="*",
)


def keys(facts: Facts) -> Keys:
    """Return the front matter of a custom agent."""
    return {"description": facts.description, "model": facts.model, "tools": facts.tools}


TARGET = Target(
    name="kiro",
    title="Kiro",
    agents=Place(PurePosixPath(".kiro/agents")),
    prompts=Place(PurePosixPath(".kiro/prompts")),
    native=Native(keys=keys, known=KNOWN, vocabulary=VOCABULARY, models=r"auto|claude-[\w.-]+"),
    is_experimental=True,
)
