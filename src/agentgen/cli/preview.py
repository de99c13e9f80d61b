"""`agentgen preview`: one rendered agent, for people on a terminal and exact in a pipe."""

import shutil
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentgen import report
from agentgen.cli import options
from agentgen.cli.commands import option, verb
from agentgen.cli.output import Terminal, is_colored, say, show, wanted
from agentgen.diagnostics import fail, ordered, quoted
from agentgen.frozen import replace
from agentgen.paths import real_path

if TYPE_CHECKING:
    from agentgen.diagnostics import Diagnostic
    from agentgen.loader import Loaded, Request
    from agentgen.model import Artifact
    from agentgen.targets import Target
    from agentgen.workers import Workers

INSTALL = "install Rich beside agentgen (`pip install rich`), or agentgen with the extra `preview`"
_NARROWEST, _WIDEST = 40, 110
"""Columns: below, nothing is readable; above, lines are too long to read. Two of them stand beside
each other."""


@verb("preview")
@click.argument("agent", required=False, shell_complete=options.complete_agents)
@option("--raw", is_flag=True, help="Print exactly what `render` writes, also on a terminal.")
@option("--source", "beside", is_flag=True, help="Show it beside its template.")
@partial(options.target_option, help="The client's format. [the first in the settings]")
@option("--diff", is_flag=True, help="Show how it differs from the file on disk.")
@option("--web", is_flag=True, help="Serve a page that stays up to date, on this machine.")
@option("--port", type=click.IntRange(1, 65535), help="The page's port. [one that is free]")
@option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@options.project_options
@options.template_options
@options.terminal_options
def command(
    agent: str | None,
    targets: tuple[str, ...],
    directory: Path,
    terminal: Terminal,
    *,
    raw: bool,
    beside: bool,
    diff: bool,
    web: bool,
    port: int | None,
    opens: bool,
    **asked: Any,
) -> None:
    """Show one rendered agent.

    AGENT is an agent's name, or the path of an agent file. On a terminal it is laid out for
    reading, with what `lint` finds in it below. In a pipe, or with --raw, stdout holds exactly the
    bytes that `render` writes, and nothing else. With --web, a page shows all agents, and follows
    what is saved; AGENT is then the first to be shown.
    """
    ways = raw + beside + diff + web
    options.require_sense(
        {
            "`--raw`, `--source`, `--diff` and `--web` do not go together": ways > 1,
            "`--port` and `--open` are for `--web`": (port or opens) and not web,
            "one target is shown; `--web` switches between them": len(targets) > 1 and not web,
            "name an agent; `--web` shows them all": agent is None and not web,
        }
    )
    request = options.request(directory, () if agent is None else (agent,), **asked)
    if web:
        from agentgen.cli.serving import serve

        request, first = _around(request)
        serve(request, first, targets, terminal, port=port or 0, opens=opens)
        return
    from agentgen.api import find_targets
    from agentgen.workers import Workers

    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    with Workers(most=1) as workers:
        loaded = _load_one(request)
        target = find_targets(targets, loaded.settings)[0]
        artifact, diagnostics = _render_one(loaded, target, workers)
        if diff:
            show(diagnostics, terminal)
            _show_diff(loaded, artifact, terminal, on_terminal=on_terminal)
            return
        if beside:
            _require_rich()
        elif raw or not on_terminal or not _has_rich():
            show(diagnostics, terminal)
            click.echo(artifact.text.encode(), nl=False)
            if on_terminal and not raw:
                say(f"to see it laid out, {INSTALL}", terminal)
            return
        found = wanted(_findings(loaded, target, workers, diagnostics), terminal)
    color = is_colored(terminal.color, on_stdout=True)
    draw, widest = (_beside, 2 * _WIDEST) if beside else (_page, _WIDEST)
    _page_out(draw(loaded, artifact, _width(widest), color) + _below(found, color=color), terminal)


def _page_out(text: str, terminal: Terminal) -> None:
    """Print a text on stdout; on a terminal that it is too long for, through a pager."""
    color = is_colored(terminal.color, on_stdout=True)
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    if on_terminal and text.count("\n") >= shutil.get_terminal_size().lines:
        click.echo_via_pager(text, color=None if color else False)  # None: where it can
    else:
        click.echo(text, nl=False, color=color)


def _load_one(request: "Request") -> "Loaded":
    """Load the project; fail unless the request is about one agent."""
    from agentgen.loader import load

    loaded = load(request)
    if len(loaded.selected) > 1:
        names = ", ".join(quoted(each.name) for each in loaded.selected)
        (word,) = request.agents
        raise fail("unknown-agent", f"{quoted(word)} is several agents: {names}", help="name one")
    return loaded


def _around(request: "Request") -> "tuple[Request, str | None]":
    """Turn a request about one agent into one about all beside it, and the name of its file."""
    if not request.agents:
        return request, None
    loaded = _load_one(request)
    own, folder = loaded.found.root / loaded.settings.agents, loaded.folders[0]
    beside = () if real_path(folder) == real_path(own) else (str(folder),)
    first = str(loaded.selected[0].document.name) if loaded.selected else request.agents[0]
    return replace(request, agents=beside), first


def _render_one(
    loaded: "Loaded", target: "Target", workers: "Workers"
) -> "tuple[Artifact, tuple[Diagnostic, ...]]":
    """Render the one agent that is asked for, and what it leads to; return it with the warnings."""
    from agentgen.rendering import render_loaded

    rendered = render_loaded(loaded, target, workers)
    wanted = target.path(loaded.selected[0])
    (artifact,) = (each for each in rendered.artifacts if each.path == wanted)
    return artifact, rendered.diagnostics


def _findings(
    loaded: "Loaded", target: "Target", workers: "Workers", known: "tuple[Diagnostic, ...]"
) -> "tuple[Diagnostic, ...]":
    """Return what `lint` says about the agent, and warnings about other files that it leads to."""
    from agentgen.lint import lint

    return ordered((*known, *lint(loaded, [target], workers, loaded.settings.lint)))


def _page(loaded: "Loaded", artifact: "Artifact", width: int, color: bool) -> str:  # noqa: FBT001
    from agentgen.preview.page import find_blocks, read_page
    from agentgen.preview.terminal import draw_page
    from agentgen.workers import Workers

    page = read_page(artifact)
    blocks = None
    if page.body is not None:
        with Workers(most=1) as workers:
            blocks = find_blocks(page.body, workers, loaded.project.limits)
    title = f"{artifact.path} ({artifact.target})"
    return draw_page(title, page, blocks, artifact.text, width=width, color=color)


def _beside(loaded: "Loaded", artifact: "Artifact", width: int, color: bool) -> str:  # noqa: FBT001
    from agentgen.preview.terminal import draw_beside

    source = loaded.selected[0].document.source
    titles = (source.path, f"{artifact.path} ({artifact.target})")
    return draw_beside(titles, source.text, artifact.text, width=width, color=color)


def _show_diff(
    loaded: "Loaded", artifact: "Artifact", terminal: Terminal, *, on_terminal: bool
) -> None:
    from agentgen.preview.against_disk import difference
    from agentgen.report.diff import as_shown_diff

    root = loaded.found.root / loaded.settings.output
    changed = difference(artifact, root)
    if not on_terminal:
        click.echo(changed, nl=False)
    else:
        color = is_colored(terminal.color, on_stdout=True)
        _page_out(as_shown_diff(changed, color=color), terminal)
    if not changed:
        say(f"{root.name}/{artifact.path} is the same", terminal)


def _below(diagnostics: "tuple[Diagnostic, ...]", *, color: bool) -> str:
    if not diagnostics:
        return ""
    text = report.as_text(diagnostics, color=color, columns=shutil.get_terminal_size().columns)
    return f"\n{text}{report.summary(diagnostics)}\n"


def _width(widest: int) -> int:
    return min(max(shutil.get_terminal_size().columns, _NARROWEST), widest)


def _has_rich() -> bool:
    return find_spec("rich") is not None


def _require_rich() -> None:
    if not _has_rich():
        raise fail("invalid-option", "`--source` needs Rich, which is not installed", help=INSTALL)
