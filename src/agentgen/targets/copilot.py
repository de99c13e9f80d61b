"""GitHub Copilot: `.github/agents/*.agent.md`, for VS Code, the cloud agent and Copilot CLI alike.

The six words for tools are the ones that all three understand; other names than theirs are ignored
without a word, and an agent can end with no tools that way. VS Code's keys are those of its own
validator (microsoft/vscode, promptSyntax/languageProviders), the others those of
github/docs, content/copilot/reference/custom-agents-configuration.md, which also limits a body to
30,000 characters. Copilot CLI 1.0.102 does not load an agent without a description.
"""

from pathlib import PurePosixPath

from agentgen.targets.key_types import (
    LIST_OR_TEXT,
    MAPPING,
    MAPPINGS,
    NAMES,
    TEXT,
    TEXTS_BY_NAME,
    YES_OR_NO,
    one_of,
)
from agentgen.targets.target import BodyLimits, Facts, Keys, Native, Place, Target, Trap
from agentgen.targets.vocabulary import Vocabulary

KNOWN = {
    "name": TEXT,
    "description": TEXT,
    "argument-hint": TEXT,
    "tools": LIST_OR_TEXT,
    "model": LIST_OR_TEXT,
    "agents": NAMES,
    "handoffs": MAPPINGS,
    "target": one_of("vscode", "github-copilot"),
    "mcp-servers": MAPPING,
    "metadata": TEXTS_BY_NAME,
    "user-invocable": YES_OR_NO,
    "disable-model-invocation": YES_OR_NO,
    "hooks": MAPPING,
}

PROMPT_KEYS = {
    "name": TEXT,
    "description": TEXT,
    "argument-hint": TEXT,
    "agent": TEXT,
    "model": LIST_OR_TEXT,
    "tools": LIST_OR_TEXT,
}

VOCABULARY = Vocabulary(
    names={
        "read": ("read",),
        "search": ("search",),
        "code_search": ("search",),
        "edit_file": ("edit",),
        "terminal": ("execute",),
        "fetch": ("web",),
        "githubRepo": ("web",),
        "web_search": ("web",),
        "todo": ("todo",),
        "agent": ("agent",),
        "notebook": ("edit",),
    },
    others=frozenset(
        {
            "vscode",
            "search/codebase",
            "search/textSearch",
            "search/usages",
            "search/changes",
            "web/fetch",
            "web/githubRepo",
            "execute/runInTerminal",
            "edit/editFiles",
            "read/readFile",
            "read/problems",
        }
    ),
    mcp="{server}/{tool}",
    mcp_server="{server}/*",
    everything="*",
)


def keys(facts: Facts) -> Keys:
    """Return the front matter of a custom agent, with its name as people read it."""
    return {
        "name": facts.name,
        "description": facts.description,
        "tools": facts.tools,
        "model": facts.model,
    }


def prompt_keys(facts: Facts) -> Keys:
    """Return the front matter of a prompt file."""
    return {"description": facts.description, "tools": facts.tools, "model": facts.model}


LIVE_REFERENCE = Trap(
    r"(?<!\w)#(?:tool|file):[\w./-]*\w",
    "takes this for a reference that it follows",
    "put it in backticks, if it is only text",
    outside_code=True,
)

TARGET = Target(
    name="copilot",
    title="GitHub Copilot",
    agents=Place(PurePosixPath(".github/agents"), ".agent.md"),
    prompts=Place(PurePosixPath(".github/prompts"), ".prompt.md"),
    native=Native(
        keys=keys,
        known=KNOWN,
        vocabulary=VOCABULARY,
        models=r"(gpt|claude|gemini|grok|o\d)[-\w. ]*( \(copilot\))?",
        body=BodyLimits(most=30_000),
        traps=(LIVE_REFERENCE,),
        prompt_keys=prompt_keys,
        prompts_known=PROMPT_KEYS,
    ),
    also_reads=("claude",),
    agents_also=(
        Place(PurePosixPath(".github/agents")),
        Place(PurePosixPath(), ".agent.md"),
        Place(PurePosixPath(), ".chatmode.md"),
    ),
    prompts_also=(Place(PurePosixPath(), ".prompt.md"),),
)
