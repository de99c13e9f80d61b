"""`agentgen render`: write the agents."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentgen.cli import options
from agentgen.cli.output import Progress, Terminal, say, show
from agentgen.cli.watching import start_workers, watchable
from agentgen.diagnostics import ordered
from agentgen.report import counted, summary

if TYPE_CHECKING:
    from agentgen.writer import Written


@click.command("render")
@click.argument("agents", metavar="[AGENT]...", nargs=-1, shell_complete=options.complete_agents)
@click.option("-o", "--output", metavar="DIR", type=click.Path(), help="Where to write. [build]")
@options.project_options
@options.template_options
@options.terminal_options
@watchable
def command(
    agents: tuple[str, ...], output: str | None, directory: Path, terminal: Terminal, **asked: Any
) -> None:
    """Write the agents, and the prompts that they lead to.

    AGENT is an agent's name, a glob over names, or the path of an agent file or a
    folder of them; without any, all agents and prompts are rendered. If anything
    fails, nothing is written.
    """
    with start_workers(Progress("rendering", terminal)) as workers:  # while the project is read
        from agentgen.api import find_target
        from agentgen.loader import load
        from agentgen.paths import ShownPath, real_path
        from agentgen.rendering import render_loaded
        from agentgen.suppression import suppress
        from agentgen.writer import write

        loaded = load(options.request(directory, agents, **asked))
        targets = [find_target(name) for name in loaded.settings.targets]
        rendered = [render_loaded(loaded, target, workers) for target in targets]
    root = directory / output if output else loaded.found.root / loaded.settings.output
    artifacts = [artifact for each in rendered for artifact in each.artifacts]
    written = write(artifacts, root, loaded.folders)
    warnings = suppress(
        ordered(warning for each in rendered for warning in each.diagnostics),
        [document.source for document in loaded.project.documents.values()],
        loaded.settings.lint,
        report_unused=False,
    )
    show(warnings, terminal)
    shown = ShownPath(Path.cwd())(real_path(root))
    for each in written:
        say(f"{each.outcome:>9} {shown}/{each.path}", terminal, verbosity=1)
    if not loaded.selected:
        say("the project schema disables every agent", terminal)
    if written:
        say(_summary(written, shown, summary(warnings)), terminal)


def _summary(written: "tuple[Written, ...]", shown: str, problems: str) -> str:
    from agentgen.writer import Outcome

    new = sum(each.outcome is Outcome.WRITTEN for each in written)
    same = len(written) - new
    parts = [counted(new, "file") + f" written to {shown}"] if new else []
    parts += [f"{same:,} unchanged" + ("" if new else f" in {shown}")] if same or not new else []
    return ", ".join([*parts, problems] if problems else parts)
