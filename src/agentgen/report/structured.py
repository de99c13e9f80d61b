"""Diagnostics as JSON, for programs. The shape has a version; what breaks readers makes it grow."""

import json
from collections.abc import Iterable
from typing import Any

from agentgen.diagnostics import Diagnostic, Location, Severity

VERSION = 1


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Return `{"version", "diagnostics", "summary"}`; lines and columns count from 1.

    `end_column` is the first column behind. What is not known is null. What is `fixable` has one
    right answer, which `agentgen lint --fix` writes. Other characters than ASCII
    are escapes, so that no hidden character reaches whoever looks at the text.
    """
    return json.dumps({"version": VERSION, **as_data(diagnostics)}, indent=2) + "\n"


def as_data(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """Return `{"diagnostics", "summary"}` as plain data."""
    listed = list(diagnostics)
    counts = {str(severity) + "s": 0 for severity in Severity}
    for each in listed:
        counts[f"{each.severity}s"] += 1
    counts["fixable"] = sum(bool(each.edits) for each in listed)
    return {"diagnostics": [_diagnostic(each) for each in listed], "summary": counts}


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    notes = [{"message": note.message, **_place(note.location)} for note in diagnostic.notes]
    return {
        "rule": diagnostic.rule,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        **_place(diagnostic.location),
        "help": diagnostic.help,
        "notes": notes,
        "fixable": bool(diagnostic.edits),
    }


def _place(location: Location | None) -> dict[str, Any]:
    place: dict[str, Any] = dict.fromkeys(("path", "line", "column", "end_line", "end_column"))
    if location is not None:
        place |= {"path": location.path, "line": location.line, "column": location.column}
        if location.span is not None and location.column_known:
            end = location.source.line_column(location.span.end)
            place |= {"end_line": end[0], "end_column": end[1]}
    return place
