"""Qwen Code: subagents in `.qwen/agents`.

From QwenLM/qwen-code, packages/core/src/subagents (validation.ts, agent-frontmatter-schema.ts) and
tools/tool-names.ts. 0.15 reads YAML with a reader of its own, which takes no flow lists.
"""

from pathlib import PurePosixPath

from agentgen.targets.key_types import (
    COUNT,
    LIST_OR_TEXT,
    MAPPING,
    NAMES,
    TEXT,
    YES_OR_NO,
    one_of,
)
from agentgen.targets.target import BodyLimits, Native, Place, Target, usual
from agentgen.targets.vocabulary import Vocabulary

KNOWN = {
    "name": TEXT,
    "description": TEXT,
    "tools": NAMES,
    "disallowedTools": NAMES,
    "model": TEXT,
    "color": one_of("red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan", "auto"),
    "approvalMode": TEXT,
    "permissionMode": TEXT,
    "maxTurns": COUNT,
    "background": YES_OR_NO,
    "mcpServers": MAPPING,
    "hooks": MAPPING,
    "effort": TEXT,
    "skills": LIST_OR_TEXT,
}

VOCABULARY = Vocabulary(
    names={
        "read": ("read_file",),
        "search": ("grep_search", "glob", "list_directory"),
        "code_search": ("grep_search",),
        "edit_file": ("edit", "write_file"),
        "terminal": ("run_shell_command",),
        "fetch": ("web_fetch",),
        "githubRepo": ("web_fetch",),
        "web_search": ("web_search",),
        "todo": ("todo_write",),
        "agent": ("agent",),
        "notebook": ("edit",),
    },
    others=frozenset({"skill", "lsp"}),
    mcp="mcp__{server}__{tool}",
    mcp_server="mcp__{server}",
)


TARGET = Target(
    name="qwen",
    title="Qwen Code",
    agents=Place(PurePosixPath(".qwen/agents")),
    prompts=Place(PurePosixPath(".qwen/prompts")),
    native=Native(
        keys=usual,
        known=KNOWN,
        required=("name", "description"),
        vocabulary=VOCABULARY,
        models=r"inherit|qwen[\w.-]+",
        shortest_name=2,
        reserved=frozenset({"self", "system", "user", "model", "tool", "config", "default"}),
        body=BodyLimits(least=10),
    ),
)
