"""Codex: agent roles in `.codex/agents`, as TOML whose `developer_instructions` are the body.

From openai/codex, codex-rs/core/src/config/agent_roles.rs, and 0.169.0. A role may hold any key of
Codex's `config.toml`; an unknown one makes it ignore the file. It has no list of tools: `tools`
means something else there. Roles load only in a project that the user trusts.
"""

from pathlib import PurePosixPath

from agentgen.targets.key_types import MAPPING, NAMES, TEXT, one_of
from agentgen.targets.target import Facts, Keys, Native, Place, Target

KNOWN = {
    "name": TEXT,
    "description": TEXT,
    "model": TEXT,
    "model_reasoning_effort": one_of("minimal", "low", "medium", "high", "xhigh"),
    "sandbox_mode": one_of("read-only", "workspace-write", "danger-full-access"),
    "mcp_servers": MAPPING,
    "nickname_candidates": NAMES,
}


def keys(facts: Facts) -> Keys:
    """Return the keys of a role, without its instructions."""
    return {"name": facts.slug, "description": facts.description, "model": facts.model}


def compose(found: Keys, body: str) -> str:
    """Return the TOML of a role."""
    import tomli_w

    return tomli_w.dumps({**found, "developer_instructions": body}, multiline_strings=True)


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
    ),
    links_from_root=True,
)
