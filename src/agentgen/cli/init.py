"""`agentgen init`: a project schema from what the repository says, and agents to start from."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentgen import report
from agentgen.cli import options
from agentgen.cli.commands import option, verb
from agentgen.cli.output import Progress, Terminal, say

if TYPE_CHECKING:
    from agentgen.detection import Update
    from agentgen.starting import Looked, Start

DIFFERENT = 1
"""The exit code where the repository says something else than its project schema."""


@verb("init", short_help="Start a project: a schema from the repository, and agents.")
@click.argument("directory", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
@option(
    "--agents",
    metavar="NAMES",
    help="Which to copy: names with commas, `all` or `none`. [those that fit]",
)
@option("--detect", is_flag=True, help="Print the project schema, and write nothing.")
@option("--update", is_flag=True, help="Show what the repository says differently now.")
@option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@options.target_option
@options.terminal_options
def command(
    directory: Path,
    terminal: Terminal,
    *,
    agents: str | None,
    detect: bool,
    update: bool,
    dry_run: bool,
    as_json: bool,
    targets: tuple[str, ...],
) -> None:
    """Look at the repository in DIR, and write what agentgen needs there.

    These are schemas/project.yaml, with comments that say where each value comes from,
    agentgen.toml, and the agents of the library that fit, with their prompts. A file that
    is there already is kept. Nothing of the repository is run, and no link is followed.

    --update compares it with the project schema that is there, and exits with 1 where
    they differ; a line with `# agentgen: keep` is yours.
    """
    _require_sense(
        {
            "`--detect` and `--update` are two questions; ask one": detect and update,
            "`--detect` and `--update` write nothing, and take no `--agents`, `--target` or "
            "`--dry-run`": (detect or update) and (agents or targets or dry_run),
        }
    )
    from agentgen import starting
    from agentgen.workers import Workers

    looked = starting.look(directory)
    _say_what_was_passed_over(looked, terminal)
    if detect:
        _detect(looked, as_json=as_json)
        return
    if update:
        changes = starting.compare(looked)
        _update(changes, terminal, as_json=as_json)
        raise SystemExit(DIFFERENT if changes else 0)
    with Workers(on_progress=Progress("reading", terminal)) as workers:
        plan = starting.plan(looked, agents, targets, workers)
    _say_plan(plan, terminal, dry_run=dry_run)
    if not dry_run:
        starting.start(plan)
    if as_json:
        from agentgen.cli import beginnings

        click.echo(beginnings.plan_as_json(plan, dry_run=dry_run), nl=False)


def _require_sense(nonsense: dict[str, object]) -> None:
    for message, holds in nonsense.items():
        if holds:
            raise click.UsageError(message)


def _detect(looked: "Looked", *, as_json: bool) -> None:
    from agentgen import starting
    from agentgen.cli import beginnings

    text = beginnings.detected_as_json(looked.detected) if as_json else starting.schema_text(looked)
    click.echo(text.encode(), nl=False)


def _update(changes: "Iterable[Update]", terminal: Terminal, *, as_json: bool) -> None:
    from agentgen.cli import beginnings

    listed = tuple(changes)
    if as_json:
        click.echo(beginnings.updates_as_json(listed), nl=False)
    else:
        click.echo(beginnings.updates_as_text(listed).encode(), nl=False)
    say(report.counted(len(listed), "difference") if listed else "no differences", terminal)


def _say_what_was_passed_over(looked: "Looked", terminal: Terminal) -> None:
    for path, reason in sorted(looked.detected.passed_over.items()):
        say(f"{path} is passed over: {reason}", terminal)
    if not looked.detected.is_whole:
        say("not everything was looked at: there are too many files or folders", terminal)


def _say_plan(plan: "Start", terminal: Terminal, *, dry_run: bool) -> None:
    from agentgen.cli import beginnings

    text = beginnings.plan_as_text(plan, dry_run=dry_run, everything=terminal.verbosity > 0)
    for line in text.splitlines():
        say(line, terminal)
