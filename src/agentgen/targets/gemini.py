r"""Gemini CLI: subagents in `.gemini/agents`.

From google-gemini/gemini-cli, packages/core/src/agents/agentLoader.ts and tools/tool-names.ts, and
its own loader in 0.61.0, which rejects a file with an unknown key or an unknown tool. When an agent
is run, `${word}` in its body is taken for an input, and one that is not given ends the run
(agents/utils.ts, templateString); there is no escape. Its documents call a key `mcpServers` that
the loader calls `mcp_servers` (issue 26015).
"""

from pathlib import PurePosixPath

from agentgen.diagnostics import Severity
from agentgen.frozen import replace
from agentgen.model import Agent
from agentgen.targets.key_types import (
    COUNT,
    MAPPING,
    NAMES,
    NUMBER,
    TEXT,
    like,
    one_of,
)
from agentgen.targets.reading import Said, said_plainly, texts
from agentgen.targets.target import Facts, Keys, Native, Place, Target, Trap
from agentgen.targets.vocabulary import Vocabulary

KNOWN = {
    "name": like("[a-z0-9_-]+", "lower-case letters, digits, `-` and `_`"),
    "display_name": TEXT,
    "description": TEXT,
    "kind": one_of("local", "remote"),
    "tools": NAMES,
    "mcp_servers": MAPPING,
    "model": TEXT,
    "temperature": NUMBER,
    "max_turns": COUNT,
    "timeout_mins": COUNT,
}

VOCABULARY = Vocabulary(
    names={
        "read": ("read_file",),
        "search": ("grep_search", "glob", "list_directory"),
        "code_search": ("grep_search",),
        "edit_file": ("replace", "write_file"),
        "terminal": ("run_shell_command",),
        "fetch": ("web_fetch",),
        "githubRepo": ("web_fetch",),
        "web_search": ("google_web_search",),
        "todo": ("write_todos",),
        "notebook": ("replace",),
    },
    others=frozenset({"read_many_files", "ask_user", "activate_skill"}),
    mcp="mcp_{server}_{tool}",
    mcp_server="mcp_{server}_*",
    everything="*",
)


def keys(facts: Facts) -> Keys:
    """Return the front matter of a subagent."""
    return {
        "name": facts.slug,
        "display_name": facts.title if facts.title != facts.slug else None,
        "description": facts.description,
        "tools": facts.tools,
        "model": facts.model,
    }


def said(keys: Keys) -> Said:
    """Return what a subagent says of itself; its name for people may be more than a slug."""
    plain = said_plainly(keys)
    return replace(plain, names=texts(keys.get("display_name"), *plain.names))


TARGET = Target(
    name="gemini",
    title="Gemini CLI",
    agents=Place(PurePosixPath(".gemini/agents")),
    prompts=Place(PurePosixPath(".gemini/prompts")),
    native=Native(
        keys=keys,
        known=KNOWN,
        required=("name", "description"),
        vocabulary=VOCABULARY,
        said=said,
        models=r"inherit|gemini-[\w.-]+",
        traps=(
            Trap(
                r"\$\{(?!query\})\w+\}",
                "takes this for an input, and ends when the agent is run",
                "write it without braces",
                where=(Agent,),
                severity=Severity.ERROR,
            ),
        ),
    ),
)
