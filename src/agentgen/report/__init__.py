"""Diagnostics become text for people, JSON for programs, or annotations for GitHub."""

from collections.abc import Callable, Iterable

from agentgen.diagnostics import Diagnostic
from agentgen.report.github import as_github
from agentgen.report.structured import as_json
from agentgen.report.text import as_text, counted, fitted, inert, place, summary, width

FORMATS: dict[str, Callable[[Iterable[Diagnostic]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
}

__all__ = [
    "FORMATS",
    "as_github",
    "as_json",
    "as_text",
    "counted",
    "fitted",
    "inert",
    "place",
    "summary",
    "width",
]
