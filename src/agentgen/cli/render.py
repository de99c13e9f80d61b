"""`agentgen render`: write the agents, or say what is not as it would be written."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentgen.cli import options
from agentgen.cli.commands import option, verb
from agentgen.cli.output import Progress, Terminal, unreadable
from agentgen.cli.watching import start_workers, watchable
from agentgen.diagnostics import AgentgenError
from agentgen.last_run import Seen
from agentgen.modes import Kind

if TYPE_CHECKING:
    from agentgen.delivery import Wanted
    from agentgen.report.changes import Report
    from agentgen.workers import Workers


@verb("render")
@click.argument("agents", metavar="[AGENT]...", nargs=-1, shell_complete=options.complete_agents)
@options.output_option
@option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is not as rendered.")
@option("--diff", is_flag=True, help="As --check, and print what would change as a diff.")
@option("--dry-run", is_flag=True, help="Write nothing; print what would be done.")
@option("--check-message", metavar="TEXT", help="What --check and --diff say of what to do.")
@option("--force", is_flag=True, help="Overwrite what was edited, or written by others.")
@option("--no-prune", is_flag=True, help="Leave files that nothing produces any more.")
@option("--depfile", type=click.Path(), metavar="FILE", help="Write a rule for Make.")
@option("--stamp", type=click.Path(), metavar="FILE", help="Write an empty file at the end.")
@option(
    "--for-each",
    metavar="GLOB",
    help="Render for each of these schemas; -o may hold {dir}, {name} and {stem}.",
)
@option("--shard", metavar="K/N", help="With --for-each: only this of N slices.")
@options.format_option
@options.target_option
@options.project_options
@options.template_options
@options.terminal_options
@watchable
def command(
    agents: tuple[str, ...],
    output: str | None,
    targets: tuple[str, ...],
    directory: Path,
    terminal: Terminal,
    *,
    check: bool,
    diff: bool,
    dry_run: bool,
    check_message: str | None,
    force: bool,
    no_prune: bool,
    depfile: str | None,
    stamp: str | None,
    for_each: str | None,
    shard: str | None,
    **asked: Any,
) -> None:
    """Write the agents, and the prompts that they lead to.

    AGENT is an agent's name, a glob over names, or the path of an agent file or a
    folder of them; without any, all agents and prompts are rendered, and what was
    written before and nothing produces any more is removed. If anything fails,
    nothing is changed.
    """
    writes = not (check or diff or dry_run)
    options.require_sense(
        {
            "`--dry-run` prints a plan, and `--check` and `--diff` judge": dry_run
            and (check or diff),
            "`--diff` prints a diff, and takes no `--format`": diff and terminal.form,
            "SARIF has no words for `--check` and `--dry-run`; JSON has": terminal.form == "sarif"
            and not writes,
            "`--depfile` and `--stamp` are for runs that write": (depfile or stamp) and not writes,
            "`--shard` takes its slice of `--for-each`": shard and not for_each,
        }
    )
    kind = Kind.RENDER if writes else Kind.PLAN if dry_run else Kind.CHECK
    progress = Progress("rendering", terminal)
    with start_workers(progress, _load_the_rest) as workers:  # while the project is read
        from agentgen.delivery import Wanted
        from agentgen.fleet import Shard, parse_shard

        try:
            wanted = Wanted(
                options.request(directory, agents, **asked),
                kind,
                targets,
                output,
                force=force,
                prune=not no_prune,
                depfile=depfile,
                stamp=stamp,
                for_each=for_each,
                shard=parse_shard(shard) if shard else Shard(),
            )
            reports = _reports(wanted, workers, quiet=terminal.quiet)
        except AgentgenError as error:
            _tell_failure(kind, error, terminal)
            raise
        except OSError as error:
            if error.filename is None:  # a stream, and not one of the project's files
                raise
            failure = unreadable(error)
            _tell_failure(kind, failure, terminal)
            raise failure from None
    from agentgen.cli.telling import exit_code, tell

    tell(kind, reports, terminal, as_diff=diff, message=check_message)
    raise SystemExit(exit_code(kind, reports))


def _reports(wanted: "Wanted", workers: "Workers", *, quiet: bool) -> "tuple[Report, ...]":
    """Render and write; only what has changed, where the note of the last run allows it."""
    seen = click.get_current_context().obj
    if isinstance(seen, Seen):
        from agentgen.touched import run

        if (reports := run(seen, wanted, workers)) is not None:
            return reports
    from agentgen.delivery import prepare

    deliveries = prepare(wanted, workers)
    workers.dismiss()
    from agentgen.arrival import arrive
    from agentgen.noting import take

    return arrive(deliveries, wanted, partial(take, quiet=quiet))


def _load_the_rest() -> None:
    """Load what a run needs when its templates are rendered, while they are."""
    import agentgen.arrival
    import agentgen.cli.telling
    import agentgen.making
    import agentgen.noting
    import agentgen.suppression  # noqa: F401


def _tell_failure(kind: Kind, error: AgentgenError, terminal: Terminal) -> None:
    from agentgen.cli.telling import tell_failure

    tell_failure(kind, error, terminal)
