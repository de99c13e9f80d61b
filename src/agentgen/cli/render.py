"""`agentgen render`: write the agents, or say what is not as it would be written."""

from pathlib import Path
from typing import Any

import click

from agentgen.cli import options
from agentgen.cli.output import Progress, Terminal, say
from agentgen.cli.watching import start_workers, watchable
from agentgen.diagnostics import AgentgenError


@click.command("render")
@click.argument("agents", metavar="[AGENT]...", nargs=-1, shell_complete=options.complete_agents)
@click.option("-o", "--output", metavar="DIR", type=click.Path(), help="Where to write. [build]")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit with 1 if a file is not as rendered."
)
@click.option("--diff", is_flag=True, help="As --check, and print what would change as a diff.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would be done.")
@click.option("--check-message", metavar="TEXT", help="What --check and --diff say of what to do.")
@click.option("--force", is_flag=True, help="Overwrite what was edited, or written by others.")
@click.option("--no-prune", is_flag=True, help="Leave files that nothing produces any more.")
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
    **asked: Any,
) -> None:
    """Write the agents, and the prompts that they lead to.

    AGENT is an agent's name, a glob over names, or the path of an agent file or a
    folder of them; without any, all agents and prompts are rendered, and what was
    written before and nothing produces any more is removed. If anything fails,
    nothing is changed.
    """
    if dry_run and (check or diff):
        raise click.UsageError("`--dry-run` prints a plan, and `--check` and `--diff` judge")
    if diff and terminal.form:
        raise click.UsageError("`--diff` prints a diff, and takes no `--format`")
    if terminal.form == "sarif" and (check or dry_run):
        raise click.UsageError("SARIF has no words for `--check` and `--dry-run`; JSON has")
    from agentgen.cli.telling import Kind, exit_code, tell, tell_failure

    kind = Kind.CHECK if check or diff else Kind.PLAN if dry_run else Kind.RENDER
    try:
        with start_workers(Progress("rendering", terminal)) as workers:  # while the project is read
            from agentgen import delivery

            request = options.request(directory, agents, **asked)
            prepared = delivery.prepare(request, targets, output, workers, prune=not no_prune)
        settle = {
            Kind.CHECK: delivery.compare,
            Kind.PLAN: delivery.judge,
            Kind.RENDER: delivery.deliver,
        }[kind]
        report = settle(prepared, force=force)
    except AgentgenError as error:
        tell_failure(kind, error, terminal)
        raise
    tell(kind, [report], terminal, as_diff=diff, message=check_message)
    if prepared.is_all_disabled:
        say("the project schema disables every agent", terminal)
    raise SystemExit(exit_code(kind, [report]))
