"""What an import has made, as lines for people and as JSON for programs."""

import json
from collections.abc import Iterable

from agentgen.diagnostics import Diagnostic
from agentgen.report.structured import as_data

VERSION = 1

Sources = Iterable[tuple[str, tuple[tuple[str, str], ...]]]
"""Each new source's path, with the target and the path of each file that it is made from."""


def as_lines(sources: Sources) -> str:
    """Return a line for each source: its path, a tab, and where it is from."""
    lines = (
        f"{path}\t{', '.join(f'{origin} ({target})' for target, origin in origins)}\n"
        for path, origins in sources
    )
    return "".join(lines)


def as_json(sources: Sources, diagnostics: Iterable[Diagnostic], *, is_written: bool) -> str:
    """Return `{"version", "written", "sources", "diagnostics", "summary"}`; see docs/import.md."""
    listed = [
        {
            "path": path,
            "origins": [{"target": target, "path": origin} for target, origin in origins],
        }
        for path, origins in sources
    ]
    data = {"version": VERSION, "written": is_written, "sources": listed, **as_data(diagnostics)}
    return json.dumps(data, indent=2) + "\n"
