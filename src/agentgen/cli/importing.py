"""`agentgen import`: existing agents of any client become sources."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentgen.cli import options
from agentgen.cli.commands import option, verb
from agentgen.cli.lint import FINDINGS
from agentgen.cli.output import Progress, Terminal, say, show, worth_saying
from agentgen.diagnostics import AgentgenError
from agentgen.report import counted, summary

if TYPE_CHECKING:
    from agentgen.importing.bringing import Brought, Wish


@verb("import", short_help="Make sources of existing agents of any client.")
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@option(
    "-t",
    "--target",
    metavar="NAME",
    shell_complete=options.complete_targets,
    help="The client of files whose path does not tell; only its files, where paths do.",
)
@option("--fix", is_flag=True, help="Fix what has one right answer on the way in.")
@option("--prefer", metavar="NAME", help="Of one agent's differing texts, take this client's.")
@option("--keep-going", is_flag=True, help="Leave out what cannot be imported; exit with 1.")
@option("--dry-run", is_flag=True, help="Write nothing; print what would be written.")
@option("--json", "as_json", is_flag=True, help="Print what is written as JSON.")
@option(
    "-C",
    "--directory",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="The project whose sources they become.",
)
@options.terminal_options
def command(
    paths: tuple[Path, ...],
    target: str | None,
    prefer: str | None,
    directory: Path,
    terminal: Terminal,
    *,
    fix: bool,
    keep_going: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make sources in agents/ and prompts/ of existing agents of any client.

    PATH is an agent file, a folder or a repository, which is searched for the clients'
    own folders, or a zip or tar archive. Keys become those that every client has, with
    the rest under `targets`; braces are kept from being templates. What is made is
    rendered and compared before it is written. Nothing is overwritten: all or nothing.
    """
    from agentgen.importing.bringing import Wish
    from agentgen.targets import TARGETS

    _require_targets(target, prefer)
    chosen = TARGETS[target] if target else None
    wish = Wish(paths, directory, chosen, prefer, fix=fix, keep_going=keep_going)
    try:
        brought = _bring(wish, terminal, dry_run=dry_run)
    except AgentgenError as error:
        if as_json:
            _print_json((), error.diagnostics, is_written=False)
        raise
    found = (*brought.failed, *brought.diagnostics)
    if as_json:
        _print_json(_sources(brought), found, is_written=not dry_run)
    else:
        from agentgen.report.imported import as_lines

        click.echo(as_lines(_sources(brought)), nl=False)
    show(found, terminal)
    say(_summary(brought, terminal, dry_run=dry_run), terminal)
    if brought.failed:
        raise SystemExit(FINDINGS)


def _require_targets(*names: str | None) -> None:
    from agentgen.api import find_target

    for name in names:
        if name is not None:
            find_target(name)


def _bring(wish: "Wish", terminal: Terminal, *, dry_run: bool) -> "Brought":
    from agentgen.workers import Workers

    with Workers(on_progress=Progress("comparing", terminal)) as workers:
        from agentgen.importing.bringing import bring, deliver

        brought = bring(wish, workers)
    deliver(brought, write=not dry_run)
    return brought


def _sources(brought: "Brought") -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    return [
        (
            made.shown,
            tuple((each.origin.target.name, each.source.path) for each in made.draft.originals),
        )
        for made in brought.made
    ]


def _print_json(sources: object, found: object, *, is_written: bool) -> None:
    from agentgen.report import imported

    click.echo(imported.as_json(sources, found, is_written=is_written), nl=False)  # type: ignore[arg-type]


def _summary(brought: "Brought", terminal: Terminal, *, dry_run: bool) -> str:
    agents = sum(made.draft.path.parts[0] == "agents" for made in brought.made)
    prompts = len(brought.made) - agents
    counts = [counted(agents, "agent"), *([counted(prompts, "prompt")] if prompts else [])]
    said = [f"{' and '.join(counts)} {'would be imported' if dry_run else 'imported'}"]
    if brought.mended:
        said.append(f"{len(brought.mended):,} fixed")
    found = (*brought.failed, *brought.diagnostics)
    shown = worth_saying(found, terminal)
    said += [summary(shown)] if shown else []
    if hidden := len(found) - len(shown):
        said.append(f"{counted(hidden, 'note')} with `-v`")
    return ", ".join(said)
