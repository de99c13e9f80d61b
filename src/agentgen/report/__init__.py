"""Diagnostics become text for people, JSON for programs, annotations for GitHub, or SARIF."""

from collections.abc import Callable, Iterable

from agentgen.diagnostics import Diagnostic
from agentgen.report.github import as_github
from agentgen.report.structured import as_json
from agentgen.report.text import as_text, counted, fitted, inert, place, summary, width


def as_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """Return diagnostics as SARIF; only who wants it pays for what it needs."""
    from agentgen.report import sarif

    return sarif.as_sarif(diagnostics)


FORMATS: dict[str, Callable[[Iterable[Diagnostic]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}

__all__ = [
    "FORMATS",
    "as_github",
    "as_json",
    "as_sarif",
    "as_text",
    "counted",
    "fitted",
    "inert",
    "place",
    "summary",
    "width",
]
