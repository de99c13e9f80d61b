"""`agentgen preview`: one rendered agent on stdout."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentgen.cli import options
from agentgen.cli.output import Terminal, show
from agentgen.diagnostics import fail, quoted

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from agentgen.loader import Request
    from agentgen.rendering import Rendered
    from agentgen.workers import Workers


@click.command("preview")
@click.argument("agent", shell_complete=options.complete_agents)
@options.project_options
@options.template_options
@options.terminal_options
def command(agent: str, directory: Path, terminal: Terminal, **asked: Any) -> None:
    """Print one rendered agent, byte for byte as `render` would write it.

    AGENT is an agent's name, or the path of an agent file.
    """
    from agentgen.workers import Workers

    with Workers(most=1) as workers:
        rendered, wanted = _render_one(options.request(directory, (agent,), **asked), workers)
    show(rendered.diagnostics, terminal)
    (text,) = (each.text for each in rendered.artifacts if each.path == wanted)
    click.echo(text.encode(), nl=False)


def _render_one(request: "Request", workers: "Workers") -> "tuple[Rendered, PurePosixPath]":
    """Render the one agent that is asked for; return it with what it leads to, and its path."""
    from agentgen.api import find_target
    from agentgen.loader import load
    from agentgen.rendering import render_loaded

    loaded = load(request)
    if len(loaded.selected) > 1:
        names = ", ".join(quoted(each.name) for each in loaded.selected)
        (word,) = request.agents
        raise fail("unknown-agent", f"{quoted(word)} is several agents: {names}", help="name one")
    target = find_target(loaded.settings.targets[0])
    rendered = render_loaded(loaded, target, workers)
    return rendered, target.path(loaded.selected[0])
