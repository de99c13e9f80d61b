"""The one configured Jinja2 environment. Nothing else in agentgen imports Jinja2."""

from agentgen.environment.engine import Engine
from agentgen.environment.failure import Context, Frame, TemplateFailure

__all__ = ["Context", "Engine", "Frame", "TemplateFailure"]
