"""`agentgen render`: write the agents."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentgen.cli import options
from agentgen.cli.output import Progress, Terminal, say, show, worth_saying
from agentgen.cli.watching import start_workers, watchable
from agentgen.report import counted, summary

if TYPE_CHECKING:
    from agentgen.drift import Change


@click.command("render")
@click.argument("agents", metavar="[AGENT]...", nargs=-1, shell_complete=options.complete_agents)
@click.option("-o", "--output", metavar="DIR", type=click.Path(), help="Where to write. [build]")
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
    with start_workers(Progress("rendering", terminal)) as workers:  # while the project is read
        from agentgen.api import find_targets
        from agentgen.drift import Scope
        from agentgen.loader import load
        from agentgen.on_disk import OutputRoot
        from agentgen.rendering import render_targets
        from agentgen.suppression import suppress
        from agentgen.writer import kept_orphans, write

        loaded = load(options.request(directory, agents, **asked))
        chosen = find_targets(targets, loaded.settings)
        rendered = render_targets(loaded, chosen, workers)
    root = directory / output if output else loaded.found.root / loaded.settings.output
    names = frozenset(target.name for target in chosen) if targets else None
    scope = Scope(orphans=loaded.everything and not no_prune, targets=names)
    changes = write(rendered.artifacts, root, loaded.folders, scope, force=force)
    place = OutputRoot(root)
    found = suppress(
        rendered.diagnostics,
        [document.source for document in loaded.project.documents.values()],
        loaded.settings.lint,
        report_unused=False,
    )
    warnings = (*found, *kept_orphans(changes, place))
    show(warnings, terminal)
    for change in changes:
        say(f"{_word(change):>9} {place.shown(change.path)}", terminal, verbosity=1)
    if not loaded.selected:
        say("the project schema disables every agent", terminal)
    if changes:
        say(_summary(changes, place.shown(), summary(worth_saying(warnings, terminal))), terminal)


_WORDS = {"write": "written", "keep": "unchanged", "remove": "removed"}


def _word(change: "Change") -> str:
    return "kept" if change.action == "keep" and change.drift else _WORDS[change.action]


def _summary(changes: "tuple[Change, ...]", shown: str, problems: str) -> str:
    words = [_word(change) for change in changes]
    parts = [
        counted(words.count("written"), "file") + " written",
        f"{words.count('unchanged'):,} unchanged",
        f"{words.count('removed'):,} removed",
        f"{words.count('kept'):,} kept",
    ]
    counts = [part for part in parts if not part.startswith("0 ")] or ["nothing to do"]
    first, *others = counts
    where = "to" if first.endswith("written") else "in"
    text = ", ".join([f"{first} {where} {shown}", *others])
    return f"{text}, {problems}" if problems else text
