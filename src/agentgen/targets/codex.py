"""Codex: agent roles in `.codex/agents`, as TOML whose `developer_instructions` are the body.

From openai/codex, codex-rs/core/src/config/agent_roles.rs, and 0.169.0. A role may hold any key of
Codex's `config.toml`; an unknown one makes it ignore the file. It has no list of tools: `tools`
means something else there. Roles load only in a project that the user trusts.
"""

from pathlib import PurePosixPath

from agentgen.diagnostics import Source, fail, quoted
from agentgen.source import NestedTooDeeply, read_toml
from agentgen.targets.key_types import MAPPING, NAMES, TEXT, one_of
from agentgen.targets.reading import RULE, Part
from agentgen.targets.target import Facts, Keys, Native, Place, Target

KNOWN = {
    "name": TEXT,
    "description": TEXT,
    "model": TEXT,
    "model_reasoning_effort": one_of("none", "minimal", "low", "medium", "high", "xhigh"),
    "model_reasoning_summary": one_of("auto", "concise", "detailed", "none"),
    "model_verbosity": one_of("low", "medium", "high"),
    "model_provider": TEXT,
    "approval_policy": one_of("untrusted", "on-failure", "on-request", "never"),
    "sandbox_mode": one_of("read-only", "workspace-write", "danger-full-access"),
    "mcp_servers": MAPPING,
    "skills": MAPPING,
    "nickname_candidates": NAMES,
}


def keys(facts: Facts) -> Keys:
    """Return the keys of a role, without its instructions."""
    return {"name": facts.slug, "description": facts.description, "model": facts.model}


def compose(found: Keys, body: str) -> str:
    """Return the TOML of a role."""
    import tomli_w

    return tomli_w.dumps({**found, "developer_instructions": body}, multiline_strings=True)


def split(source: Source) -> list[Part]:
    """Return the role of a file. Raises `AgentgenError` for what is no TOML, or has dates in it."""
    try:
        found = read_toml(source.text)
    except NestedTooDeeply as error:
        raise fail(RULE, str(error), source.whole()) from None
    except ValueError as error:
        message = f"this is not TOML: {str(error)[:1].lower()}{str(error)[1:]}"
        raise fail(RULE, message, source.whole()) from None
    body = found.pop("developer_instructions", "")
    if not isinstance(body, str):
        raise fail(RULE, "`developer_instructions` must be text", source.whole())
    return [
        Part({key: _plain(value, source) for key, value in found.items()}, body, source.whole())
    ]


def _plain(value: object, source: Source) -> object:
    if isinstance(value, dict):
        return {key: _plain(each, source) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, source) for each in value]
    is_plain = isinstance(value, (str, bool, int, float)) and value == value
    if not is_plain or value in (float("inf"), -float("inf")):
        raise fail(RULE, f"{quoted(value)} is a value that YAML has no word for", source.whole())
    return value


TARGET = Target(
    name="codex",
    title="Codex",
    agents=Place(PurePosixPath(".codex/agents"), ".toml"),
    prompts=Place(PurePosixPath(".codex/prompts")),
    native=Native(
        keys=keys,
        known=KNOWN,
        required=("name", "description"),
        models=r"(gpt-|o\d|codex-)[\w.-]*",
        compose=compose,
        split=split,
    ),
    links_from_root=True,
)
