"""Claude Code: subagents in `.claude/agents`, prompts as its commands.

The keys were found by giving Claude Code 2.1.330 one file for each; its log names those that it
does not know. Tool names are case-sensitive there: `read` is no tool, and a list without a tool is
an agent without tools. That version offers no list of tasks; `TodoWrite` passes for older ones. The
formats are described at https://code.claude.com/docs/en/sub-agents and
https://code.claude.com/docs/en/slash-commands.
"""

from pathlib import PurePosixPath

from agentgen.model import Prompt
from agentgen.targets.key_types import (
    COUNT,
    LIST,
    LIST_OR_TEXT,
    MAPPING,
    NAMES,
    TEXT,
    YES_OR_NO,
    either,
    one_of,
)
from agentgen.targets.target import Native, Place, Target, Trap, described, usual
from agentgen.targets.vocabulary import Vocabulary

MODELS = r"sonnet|opus|haiku|inherit|claude-[\w.-]+(\[\w+\])?"

KNOWN = {
    "name": TEXT,
    "description": TEXT,
    "tools": LIST_OR_TEXT,
    "disallowedTools": LIST_OR_TEXT,
    "model": TEXT,
    "permissionMode": one_of(
        "acceptEdits", "auto", "bypassPermissions", "default", "dontAsk", "plan"
    ),
    "maxTurns": COUNT,
    "skills": NAMES,
    "mcpServers": either(MAPPING, LIST),
    "hooks": MAPPING,
    "memory": one_of("user", "project", "local"),
    "background": YES_OR_NO,
    "effort": either(one_of("low", "medium", "high", "xhigh", "max"), COUNT),
    "isolation": one_of("worktree", "remote"),
    "color": one_of("red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan"),
    "initialPrompt": TEXT,
    "omitClaudeMd": YES_OR_NO,
}

COMMAND_KEYS = {
    "description": TEXT,
    "argument-hint": TEXT,
    "allowed-tools": LIST_OR_TEXT,
    "model": TEXT,
    "disable-model-invocation": YES_OR_NO,
}

VOCABULARY = Vocabulary(
    names={
        "read": ("Read",),
        "search": ("Grep", "Glob"),
        "code_search": ("Grep", "Glob"),
        "edit_file": ("Edit", "Write"),
        "terminal": ("Bash",),
        "fetch": ("WebFetch",),
        "githubRepo": ("WebFetch",),
        "web_search": ("WebSearch",),
        "agent": ("Task",),
        "notebook": ("NotebookEdit",),
    },
    others=frozenset(
        {"Agent", "Skill", "MultiEdit", "LS", "NotebookRead", "BashOutput", "TodoWrite"}
    ),
    mcp="mcp__{server}__{tool}",
    mcp_server="mcp__{server}",
)

RUNS_COMMANDS = Trap(
    r"(?<![^\s])!`[^`\n]+`",
    "runs this as a command before the prompt is read",
    "put a blank between `!` and the code",
    where=(Prompt,),
)


TARGET = Target(
    name="claude",
    title="Claude Code",
    agents=Place(PurePosixPath(".claude/agents")),
    prompts=Place(PurePosixPath(".claude/commands")),
    native=Native(
        keys=usual,
        known=KNOWN,
        required=("name", "description"),
        vocabulary=VOCABULARY,
        models=MODELS,
        traps=(RUNS_COMMANDS,),
        prompt_keys=described,
        prompts_known=COMMAND_KEYS,
    ),
)
