"""OpenCode: agents in `.opencode/agent`, prompts as its commands.

From anomalyco/opencode, packages/opencode/src/config/agent.ts, and `opencode debug config` of
1.18.33. One file with a `tools` text or a named color keeps every command of OpenCode in the
project from working, and any unknown key is sent to the model's provider. `tools` is deprecated
there: what is allowed is said by `permission`, in which the last match wins.
"""

from pathlib import PurePosixPath

from agentgen.diagnostics import Source
from agentgen.frozen import replace
from agentgen.targets.claude import RUNS_COMMANDS
from agentgen.targets.key_types import (
    COUNT,
    MAPPING,
    NUMBER,
    TEXT,
    YES_OR_NO,
    either,
    like,
    one_of,
)
from agentgen.targets.reading import Part, Said, said_plainly, split_front_matter
from agentgen.targets.target import Facts, Keys, Native, Place, Target, described
from agentgen.targets.vocabulary import Vocabulary

COLORS = ("primary", "secondary", "accent", "success", "warning", "error", "info")
MODELS = r"[a-z0-9-]+/\S+"
MODEL = like(MODELS, "`provider/model`")
WRITING = ("write", "edit", "patch", "multiedit")
"""Names of tools that are one permission."""

ACTIONS = one_of("allow", "ask", "deny")

KNOWN = {
    "name": TEXT,
    "description": TEXT,
    "mode": one_of("subagent", "primary", "all"),
    "model": MODEL,
    "variant": TEXT,
    "temperature": NUMBER,
    "top_p": NUMBER,
    "steps": COUNT,
    "hidden": YES_OR_NO,
    "options": MAPPING,
    "disable": YES_OR_NO,
    "color": either(one_of(*COLORS), like("#[0-9a-fA-F]{6}", "a color such as `#ff8800`")),
    "permission": {
        "description": "a mapping of tools to `allow`, `ask` or `deny`",
        "type": "object",
        "additionalProperties": either(ACTIONS, {**MAPPING, "additionalProperties": ACTIONS}),
        "minProperties": 1,
    },
}

NO_OPTIONS = ("name", "prompt", "tools", "maxSteps", "hidden_from_cycle")
"""Further keys that mean something to OpenCode itself."""
COMMAND_KEYS = {
    "description": TEXT,
    "agent": TEXT,
    "model": MODEL,
    "subtask": YES_OR_NO,
}

VOCABULARY = Vocabulary(
    names={
        "read": ("read",),
        "search": ("grep", "glob", "list"),
        "code_search": ("grep", "glob"),
        "edit_file": ("edit",),
        "terminal": ("bash",),
        "fetch": ("webfetch",),
        "githubRepo": ("webfetch",),
        "web_search": ("websearch",),
        "todo": ("todowrite",),
        "agent": ("task",),
        "notebook": ("edit",),
    },
    others=frozenset({"skill", "question"}),
    mcp="{server}_{tool}",
    mcp_server="{server}_*",
    everything="*",
)


def keys(facts: Facts) -> Keys:
    """Return the front matter of an agent; what it may use is allowed, and the rest denied.

    The file's name is the agent's, unless there is a `name`.
    """
    return {
        "name": facts.slug if facts.slug != facts.stem else None,
        "description": facts.description,
        "model": facts.model,
        "permission": permission(facts.tools),
    }


def permission(tools: tuple[str, ...] | None) -> Keys | None:
    """Return the permissions that allow these tools and no other."""
    if tools is None:
        return None
    everything_else: Keys = {"*": "deny"}
    return everything_else | dict.fromkeys(tools, "allow")


def split(source: Source) -> list[Part]:
    """Return the agent of a file, with what is deprecated as OpenCode takes it.

    packages/core/src/v1/config/agent.ts makes permissions of `tools`, which `permission` goes
    before, and options for the model's provider of all keys that it does not know.
    """
    (part,) = split_front_matter(source)
    part = replace(part, keys=_with_options(part.keys))
    asked = part.keys.get("tools")
    if not isinstance(asked, dict) or not all(isinstance(each, bool) for each in asked.values()):
        return [part]
    allowed: Keys = {
        "edit" if name in WRITING else name: "allow" if each else "deny"
        for name, each in asked.items()
    }
    said = part.keys.get("permission")
    rest = {key: value for key, value in part.keys.items() if key != "tools"}
    permission = {**allowed, **said} if isinstance(said, dict) else said or allowed
    return [replace(part, keys={**rest, "permission": permission})]


def _with_options(keys: Keys) -> Keys:
    said = keys.get("options", {})
    more = {key: value for key, value in keys.items() if key not in (*KNOWN, *NO_OPTIONS)}
    if not more or not isinstance(said, dict):
        return keys
    rest = {key: value for key, value in keys.items() if key not in more}
    return {**rest, "options": {**said, **more}}


def said(keys: Keys) -> Said:
    """Return what an agent says of itself; its tools, where nothing else is allowed."""
    plain = said_plainly(keys)
    return replace(plain, tools=_only_allowed(keys.get("permission")))


def _only_allowed(asked: object) -> tuple[str, ...] | None:
    if not isinstance(asked, dict) or asked.get("*") != "deny" or next(iter(asked)) != "*":
        return None
    others = [name for name in asked if name != "*"]
    return tuple(others) if all(asked[name] == "allow" for name in others) else None


TARGET = Target(
    name="opencode",
    title="OpenCode",
    agents=Place(PurePosixPath(".opencode/agent")),
    prompts=Place(PurePosixPath(".opencode/command")),
    native=Native(
        keys=keys,
        known=KNOWN,
        vocabulary=VOCABULARY,
        models=MODELS,
        split=split,
        said=said,
        traps=(RUNS_COMMANDS,),
        prompt_keys=described,
        prompts_known=COMMAND_KEYS,
    ),
    agents_also=(
        Place(PurePosixPath(".opencode/agents")),
        Place(PurePosixPath(".config/opencode/agent")),
        Place(PurePosixPath(".config/opencode/agents")),
    ),
    prompts_also=(Place(PurePosixPath(".opencode/commands")),),
    name_overrides_stem=True,
)
