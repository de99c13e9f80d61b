"""Diagnostics as workflow commands, which GitHub Actions shows as annotations on the lines.

The form: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

import os
from collections.abc import Iterable
from pathlib import Path, PurePath

from agentgen.diagnostics import Diagnostic, Severity
from agentgen.report.text import inert

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def as_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Return one workflow command for each diagnostic, on a line of its own."""
    return "".join(map(_command, diagnostics))


def command(kind: str, text: str, help: str | None = None, **properties: object) -> str:
    """Return a workflow command on a line of its own; properties that are None are left out."""
    listed = ",".join(
        f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None
    )
    parts = [text] if help is None else [text, f"help: {help}"]
    return f"::{kind} {listed}::{'%0A'.join(map(_data, parts))}\n"


def in_repository(path: str) -> str:
    """Return a path as annotations want it: from the root of the repository that was checked out.

    A step has a working directory of its own, and paths in messages are relative to that.
    """
    root = os.environ.get("GITHUB_WORKSPACE")
    if not root:
        return path
    inside = os.path.relpath(Path.cwd() / path, os.path.realpath(root))
    return path if inside.startswith(os.pardir) else PurePath(inside).as_posix()


def _command(diagnostic: Diagnostic) -> str:
    where = diagnostic.location
    return command(
        _COMMANDS[diagnostic.severity],
        diagnostic.message,
        diagnostic.help,
        file=in_repository(where.path) if where else None,
        line=where.line if where else None,
        col=where.column if where else None,
        title=diagnostic.rule,
    )


def _data(text: str) -> str:
    return inert(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
