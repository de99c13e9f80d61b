"""Diagnostics as workflow commands, which GitHub Actions shows as annotations on the lines.

The form: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterable

from agentgen.diagnostics import Diagnostic, Severity
from agentgen.report.text import inert

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def as_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Return one workflow command for each diagnostic, on a line of its own."""
    return "".join(f"{_command(each)}\n" for each in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    where = diagnostic.location
    properties = {
        "file": where.path if where else None,
        "line": where.line if where else None,
        "col": where.column if where else None,
        "title": diagnostic.rule,
    }
    listed = ",".join(
        f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None
    )
    parts = [diagnostic.message]
    if diagnostic.help is not None:
        parts.append(f"help: {diagnostic.help}")
    text = "%0A".join(_data(part) for part in parts)
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{text}"


def _data(text: str) -> str:
    return inert(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
