"""`agentgen list`: what there is."""

import json
import shutil
import sys
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentgen import report
from agentgen.cli import options
from agentgen.cli.output import Terminal, show
from agentgen.diagnostics import has_errors

if TYPE_CHECKING:
    from agentgen.model import Project, Prompt

JSON_VERSION = 1
"""Of the shape that `--json` prints; a change that breaks readers makes it grow."""


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@options.project_options
@options.terminal_options
def command(as_json: bool, directory: Path, terminal: Terminal, **asked: Any) -> None:  # noqa: FBT001
    """Show the agents and prompts of the project.

    A table on a terminal; in a pipe, one line each with tabs between kind, name,
    description and source.
    """
    from agentgen.loader import survey

    found = survey(options.request(directory, **asked))
    problems = [each for failure in found.project.failures for each in failure.diagnostics]
    show([*found.problems, *problems], terminal)
    rows = _rows(found.project)
    if as_json:
        click.echo(_json(rows))
    elif sys.stdout is not None and sys.stdout.isatty():
        click.echo(_table(rows, width=shutil.get_terminal_size().columns), nl=False)
    else:
        for row in rows:
            click.echo("\t".join(report.inert(each, len(each) * 10 + 1) for each in row.cells))
    if has_errors([*found.problems, *problems]):
        raise SystemExit(options.FAILED)


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    name: str
    description: str
    source: str

    @property
    def cells(self) -> tuple[str, str, str, str]:
        return self.kind, self.name, self.description, self.source


def _rows(project: "Project") -> list[_Row]:
    from agentgen.model import Agent

    items: tuple[Agent | Prompt, ...] = (*project.agents, *project.prompts)
    return [
        _Row(
            "agent" if isinstance(item, Agent) else "prompt",
            item.name,
            " ".join((item.description or "").split()),
            item.document.source.path,
        )
        for item in items
    ]


def _json(rows: list[_Row]) -> str:
    def those(kind: str) -> list[dict[str, str]]:
        cells = ("name", "description", "source")
        return [{key: getattr(row, key) for key in cells} for row in rows if row.kind == kind]

    shape = {"version": JSON_VERSION, "agents": those("agent"), "prompts": those("prompt")}
    return json.dumps(shape, indent=2)


def _table(rows: list[_Row], width: int) -> str:
    names = max((report.width(row.name) for row in rows), default=0)
    lines = []
    for kind, rows_of_kind in groupby(rows, key=lambda row: row.kind):
        listed = list(rows_of_kind)
        lines.append(report.counted(len(listed), kind))
        for row in listed:
            name = report.fitted(row.name, names) + " " * (names - report.width(row.name))
            lines.append(report.fitted(f"  {name}  {row.description}", width).rstrip())
    return "".join(f"{line}\n" for line in lines)
