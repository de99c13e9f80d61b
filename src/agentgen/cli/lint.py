"""`agentgen lint`: find problems."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from agentgen.cli import options
from agentgen.cli.output import Progress, Terminal, is_colored, say
from agentgen.cli.watching import start_workers, watchable
from agentgen.diagnostics import has_errors
from agentgen.report import FORMATS, as_text, summary

FINDINGS = 1
"""The exit code of a run that found something."""


@click.command("lint", short_help="Find problems, and write nothing.")
@click.argument("agents", metavar="[AGENT]...", nargs=-1, shell_complete=options.complete_agents)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    help="How to print what is found. [text; github within GitHub Actions]",
)
@click.option("--select", multiple=True, metavar="RULE", help="Only this rule; can be repeated.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Not this rule; can be repeated.")
@click.option("--warnings-as-errors", is_flag=True, help="Let warnings fail the run as well.")
@options.project_options
@options.template_options
@options.terminal_options
@watchable
def command(
    agents: tuple[str, ...],
    form: str | None,
    directory: Path,
    terminal: Terminal,
    *,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    warnings_as_errors: bool,
    **asked: Any,
) -> None:
    """Find problems in agents, prompts, schemas and settings, and write nothing.

    Finds what `render` would report, and names in templates that can never be there,
    also in branches that this project does not take. Exits with 1 if there are errors.
    """
    with start_workers(Progress("checking", terminal)) as workers:
        from agentgen.api import find_target
        from agentgen.lint import lint
        from agentgen.loader import load

        loaded = load(options.request(directory, agents, **asked))
        targets = [find_target(name) for name in loaded.settings.targets]
        wanted = loaded.settings.lint
        wanted = replace(wanted, select=select or wanted.select, ignore=(*wanted.ignore, *ignore))
        found = lint(loaded, targets, workers, wanted)
    form = form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    if form == "text":
        color = is_colored(terminal.color, on_stdout=True)
        click.echo(as_text(found, color=color), nl=False, color=color)
        say(summary(found) or "no problems", terminal)
    else:
        click.echo(FORMATS[form](found), nl=False)
    if has_errors(found) or (found and warnings_as_errors):
        raise SystemExit(FINDINGS)
