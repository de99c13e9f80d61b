"""Diagnostics as SARIF 2.1.0, which code scanners and editors read.

The form: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os.html
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from agentgen.diagnostics import BYTE_ORDER_MARK, Diagnostic, Edit, Location, Severity, Source, Span
from agentgen.report.text import LONGEST_MESSAGE, inert
from agentgen.version import __version__

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_MARK_BYTES = 3


def as_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """Return a log of one run: what was found, the rules that it is about, and what fixes it.

    Columns count characters. Paths are relative to the folder that agentgen was started in, where
    they are below it. Other characters than ASCII are escapes.
    """
    listed = list(diagnostics)
    rules = sorted({each.rule for each in listed})
    seen: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": "agentgen",
                "version": __version__,
                "rules": [_rule(name) for name in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": _message("where agentgen was started")}},
        "results": [_result(each, rules, seen) for each in listed],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _rule(name: str) -> dict[str, Any]:
    from agentgen.rules import load_rule

    rule = load_rule(name)
    why = " ".join(rule.text.partition("\n\nFails:")[0].split())
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": why},
        "help": {"text": rule.text, "markdown": rule.text},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(diagnostic: Diagnostic, rules: list[str], seen: Counter[str]) -> dict[str, Any]:
    said = [diagnostic.message, *([f"help: {diagnostic.help}"] if diagnostic.help else [])]
    result: dict[str, Any] = {
        "ruleId": diagnostic.rule,
        "ruleIndex": rules.index(diagnostic.rule),
        "level": _LEVELS[diagnostic.severity],
        "message": _message(*said),
    }
    if diagnostic.location is not None:
        result["locations"] = [{"physicalLocation": _physical(diagnostic.location)}]
        result["partialFingerprints"] = {"ruleAndLine/v1": _fingerprint(diagnostic, seen)}
        if diagnostic.edits:
            result["fixes"] = [_fix(diagnostic.location.source, diagnostic.edits)]
    notes = [
        {
            "id": number,
            "message": _message(note.message),
            "physicalLocation": _physical(note.location),
        }
        for number, note in enumerate(diagnostic.notes, start=1)
        if note.location is not None
    ]
    return result | ({"relatedLocations": notes} if notes else {})


def _message(*lines: str) -> dict[str, str]:
    """Return lines as a plain text message, in which nothing is a link.

    Braces stay single, though section 3.11.5 doubles them: who shows messages does not undo it.
    """
    text = "\n".join(inert(line, 2 * LONGEST_MESSAGE) for line in lines)
    return {"text": text.replace("](", "\\](")}


def _physical(location: Location) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(location.path)}
    if location.span is not None and location.column_known:
        place["region"] = _region(location.source, location.span)
    elif location.line is not None:
        place["region"] = {"startLine": location.line}
    return place


def _artifact(path: str) -> dict[str, str]:
    uri = quote(os.fsencode(path))
    if PurePath(path).is_absolute():
        return {"uri": f"file://{uri}" if uri.startswith("/") else f"file:///{uri}"}
    return {"uri": uri, "uriBaseId": ROOT}


def _region(source: Source, span: Span) -> dict[str, int]:
    if span == BYTE_ORDER_MARK:
        return {"byteOffset": 0, "byteLength": _MARK_BYTES}
    line, column = source.line_column(span.start)
    end_line, end_column = source.line_column(span.end)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def _fix(source: Source, edits: tuple[Edit, ...]) -> dict[str, Any]:
    replacements = [
        {
            "deletedRegion": _region(source, edit.span),
            **({"insertedContent": {"text": edit.text}} if edit.text else {}),
        }
        for edit in edits
    ]
    change = {"artifactLocation": _artifact(source.path), "replacements": replacements}
    return {"artifactChanges": [change]}


def _fingerprint(diagnostic: Diagnostic, seen: Counter[str]) -> str:
    """Return what stays the same when lines are added above: the rule, the file, and the line."""
    where = diagnostic.location
    line = where.source.line(where.line) if where and where.line else ""
    words = (diagnostic.rule, where.path if where else "", line.strip())
    key = "\0".join(words)
    seen[key] += 1
    text = f"{key}\0{seen[key]}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
