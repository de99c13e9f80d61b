"""agentgen compiles agent definitions: templates and a project schema in, finished agents out.

import agentgen

loaded = agentgen.load("path/to/project")
rendered = agentgen.render(loaded)
agentgen.write(rendered.artifacts, "build")
"""

from agentgen.version import __version__

TYPE_CHECKING = False  # as `typing` has it, which takes longer to import than all that is here
if TYPE_CHECKING:
    from typing import Any

    from agentgen.api import load, render, write
    from agentgen.diagnostics import AgentgenError, Diagnostic, Location, Severity
    from agentgen.drift import Action, Change, Drift
    from agentgen.loader import Loaded
    from agentgen.model import Agent, Artifact, Project, Prompt
    from agentgen.rendering import Rendered
    from agentgen.workers import Workers

__all__ = [
    "Action",
    "Agent",
    "AgentgenError",
    "Artifact",
    "Change",
    "Diagnostic",
    "Drift",
    "Loaded",
    "Location",
    "Project",
    "Prompt",
    "Rendered",
    "Severity",
    "Workers",
    "__version__",
    "load",
    "render",
    "write",
]

_HOMES = {
    "agentgen.api": ("load", "render", "write"),
    "agentgen.diagnostics": ("AgentgenError", "Diagnostic", "Location", "Severity"),
    "agentgen.drift": ("Action", "Change", "Drift"),
    "agentgen.loader": ("Loaded",),
    "agentgen.model": ("Agent", "Artifact", "Project", "Prompt"),
    "agentgen.rendering": ("Rendered",),
    "agentgen.workers": ("Workers",),
}


def __getattr__(name: str) -> "Any":
    """Import what is asked for, when it is asked for: the command line starts faster without."""
    import importlib

    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module 'agentgen' has no attribute {name!r}")
