"""The formats that agents are written in: one module each, and the table that names them."""

from agentgen.targets import markdown
from agentgen.targets.target import Target

TARGETS: dict[str, Target] = {
    "markdown": markdown.TARGET,
}

__all__ = ["TARGETS", "Target"]
