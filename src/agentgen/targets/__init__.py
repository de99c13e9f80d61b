"""The formats that agents are written in: one module each, and the table that names them."""

from agentgen.targets import (
    claude,
    codex,
    copilot,
    cursor,
    factory,
    gemini,
    kilo,
    kiro,
    markdown,
    opencode,
    qwen,
    roo,
    skill,
)
from agentgen.targets.target import Target

_TARGETS = (
    markdown.TARGET,
    claude.TARGET,
    codex.TARGET,
    copilot.TARGET,
    cursor.TARGET,
    factory.TARGET,
    gemini.TARGET,
    kilo.TARGET,
    kiro.TARGET,
    opencode.TARGET,
    qwen.TARGET,
    roo.TARGET,
    skill.TARGET,
)

TARGETS: dict[str, Target] = {target.name: target for target in _TARGETS}

ALL = "all"
"""The word for every target that the settings name."""

__all__ = ["ALL", "TARGETS", "Target"]
