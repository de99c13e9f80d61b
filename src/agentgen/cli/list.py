"""`agentgen list`: what there is."""

import json
import os
import shutil
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentgen import report
from agentgen.cli import options
from agentgen.cli.commands import option, verb
from agentgen.cli.output import Terminal, show
from agentgen.diagnostics import has_errors
from agentgen.frozen import Frozen

if TYPE_CHECKING:
    from agentgen.loader import Request
    from agentgen.model import Project, Prompt

JSON_VERSION = 1
"""Of the shape that `--json` prints; a change that breaks readers makes it grow."""


@verb("list")
@option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@option("--rules", is_flag=True, help="Show the rules instead, which need no project.")
@option(
    "--targets", "of_targets", is_flag=True, help="Show the targets instead, which need no project."
)
@option("--inputs", is_flag=True, help="Show instead every file that a render reads.")
@option("--outputs", is_flag=True, help="Show instead every file that a render writes.")
@option("-0", "nul", is_flag=True, help="End each path with a NUL, for `xargs -0`.")
@options.output_option
@options.target_option
@options.project_options
@options.terminal_options
def command(
    directory: Path,
    terminal: Terminal,
    *,
    as_json: bool,
    rules: bool,
    of_targets: bool,
    inputs: bool,
    outputs: bool,
    nul: bool,
    output: str | None,
    targets: tuple[str, ...],
    **asked: Any,
) -> None:
    """Show the agents and prompts of the project.

    A table on a terminal; in a pipe, one line each with tabs between kind, name,
    description and source. Of rules, severity and summary; of targets, the client, and
    where agents and prompts land. Inputs and outputs are paths, one a line.
    """
    if (output or targets) and not outputs:
        raise click.UsageError("`--output` and `--target` are about `--outputs`")
    if nul and not (inputs or outputs):
        raise click.UsageError("`-0` is about `--inputs` and `--outputs`")
    if inputs or outputs:
        request = options.request(directory, **asked)
        paths = {"inputs": _inputs(request)} if inputs else {}
        if outputs:
            paths["outputs"] = _outputs(request, targets, output)
        _print_paths(paths, as_json=as_json, end="\0" if nul else "\n")
        return
    if rules or of_targets:
        rows = [*(_rule_rows() if rules else []), *(_target_rows() if of_targets else [])]
        kinds = [kind for kind, wanted in (("rule", rules), ("target", of_targets)) if wanted]
        _print(rows, tuple(kinds), as_json=as_json)
        return
    from agentgen.loader import survey

    found = survey(options.request(directory, **asked))
    problems = [each for failure in found.project.failures for each in failure.diagnostics]
    show([*found.problems, *problems], terminal)
    _print(_rows(found.project), ("agent", "prompt"), as_json=as_json)
    if has_errors([*found.problems, *problems]):
        raise SystemExit(options.FAILED)


def _inputs(request: "Request") -> list[str]:
    from agentgen.loader import survey
    from agentgen.paths import ShownPath

    shown = ShownPath(Path.cwd())
    return sorted(map(shown, survey(request).inputs))


def _outputs(request: "Request", targets: tuple[str, ...], output: str | None) -> list[str]:
    from agentgen.delivery import Wanted, planned_outputs
    from agentgen.paths import ShownPath

    shown = ShownPath(Path.cwd())
    wanted = Wanted(request, targets=targets, output=output)
    return [shown(path) for path in planned_outputs(wanted)]


def _print_paths(paths: dict[str, list[str]], *, as_json: bool, end: str) -> None:
    if as_json:
        click.echo(json.dumps({"version": JSON_VERSION, **paths}, indent=2))
        return
    for path in (path for listed in paths.values() for path in listed):
        click.echo(os.fsencode(path + end), nl=False)


class _Row(Frozen):
    """What there is to say of one thing; a table shows `columns`, the others show all."""

    kind: str
    values: dict[str, str]
    columns: tuple[str, ...]


def _rows(project: "Project") -> list[_Row]:
    from agentgen.model import Agent

    items: tuple[Agent | Prompt, ...] = (*project.agents, *project.prompts)
    return [
        _Row(
            "agent" if isinstance(item, Agent) else "prompt",
            {
                "name": item.name,
                "description": " ".join((item.description or "").split()),
                "source": item.document.source.path,
            },
            ("name", "description"),
        )
        for item in items
    ]


def _rule_rows() -> list[_Row]:
    from agentgen.rules import load_rules

    columns = ("name", "severity", "summary")
    return [
        _Row("rule", {name: str(getattr(rule, name)) for name in columns}, columns)
        for rule in load_rules()
    ]


def _target_rows() -> list[_Row]:
    from agentgen.targets import TARGETS

    return [
        _Row(
            "target",
            {
                "name": target.name,
                "client": target.title + (" (experimental)" if target.is_experimental else ""),
                "agents": str(target.example_path),
                "prompts": str(target.prompts.path("NAME", "NAME")),
            },
            ("name", "client", "agents"),
        )
        for target in TARGETS.values()
    ]


def _print(rows: list[_Row], kinds: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        listed = {f"{kind}s": [row.values for row in rows if row.kind == kind] for kind in kinds}
        click.echo(json.dumps({"version": JSON_VERSION, **listed}, indent=2))
    elif sys.stdout is not None and sys.stdout.isatty():
        click.echo(_table(rows, width=shutil.get_terminal_size().columns), nl=False)
    else:
        for row in rows:
            cells = (row.kind, *row.values.values())
            click.echo("\t".join(report.inert(each, len(each) * 10 + 1) for each in cells))


def _table(rows: list[_Row], width: int) -> str:
    widths = {
        name: max(report.width(row.values[name]) for row in rows if name in row.columns)
        for name in dict.fromkeys(name for row in rows for name in row.columns[:-1])
    }
    lines = []
    for kind, rows_of_kind in groupby(rows, key=lambda row: row.kind):
        listed = list(rows_of_kind)
        lines.append(report.counted(len(listed), kind))
        for row in listed:
            *first, last = row.columns
            cells = [_padded(row.values[name], widths[name]) for name in first]
            text = "".join(f"  {cell}" for cell in (*cells, row.values[last]))
            lines.append(report.fitted(text, width).rstrip())
    return "".join(f"{line}\n" for line in lines)


def _padded(text: str, columns: int) -> str:
    return report.fitted(text, columns) + " " * (columns - report.width(text))
