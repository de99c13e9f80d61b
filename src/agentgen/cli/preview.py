"""`agentgen preview`: one rendered agent on stdout."""

from pathlib import Path
from typing import Any

import click

from agentgen.cli import options
from agentgen.cli.output import Terminal, show


@click.command("preview")
@click.argument("agent", shell_complete=options.complete_agents)
@options.project_options
@options.template_options
@options.terminal_options
def command(agent: str, directory: Path, terminal: Terminal, **asked: Any) -> None:
    """Print one rendered agent, byte for byte as `render` would write it.

    AGENT is an agent's name, or the path of an agent file.
    """
    from agentgen.api import find_target
    from agentgen.diagnostics import fail, quoted
    from agentgen.loader import load
    from agentgen.rendering import render_loaded

    loaded = load(options.request(directory, (agent,), **asked))
    if len(loaded.selected) > 1:
        names = ", ".join(quoted(each.name) for each in loaded.selected)
        raise fail("unknown-agent", f"{quoted(agent)} is several agents: {names}", help="name one")
    target = find_target(loaded.settings.targets[0])
    rendered = render_loaded(loaded, target)
    wanted = target.path(loaded.selected[0])
    show(rendered.diagnostics, terminal)
    (text,) = (each.text for each in rendered.artifacts if each.path == wanted)
    click.echo(text.encode(), nl=False)
