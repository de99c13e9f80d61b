"""`agentgen verify`: ask clients which of the rendered agents they load, and with which tools."""

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from agentgen.cli import options
from agentgen.cli.commands import option, verb
from agentgen.cli.output import Progress, Terminal, columns, is_colored, say, show, worth_saying
from agentgen.cli.watching import start_workers
from agentgen.diagnostics import Diagnostic, Source, fail, ordered, quoted
from agentgen.report import FORMATS, as_text

if TYPE_CHECKING:
    from agentgen.loader import Loaded
    from agentgen.rendering import Rendered
    from agentgen.verify import AgentFile, Client, Verified

FINDINGS = 1
"""The exit code of a run in which a client refuses an agent, or takes a tool from it."""

LARGEST = 4 * 1024 * 1024
"""Bytes of an agent file that is shown as it is."""


@verb("verify", short_help="Ask the installed clients which agents they load.")
@click.argument("agents", metavar="[AGENT]...", nargs=-1, shell_complete=options.complete_agents)
@options.target_option
@option("--client", "names", multiple=True, metavar="NAME", help="Ask this client only.")
@option(
    "--clients",
    "folder",
    type=click.Path(path_type=Path),
    envvar="AGENTGEN_CLIENTS",
    metavar="DIR",
    help="Look for clients in DIR, not on PATH. [$AGENTGEN_CLIENTS]",
)
@option(
    "--from",
    "tree",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Show them the agents that are in DIR already; render nothing.",
)
@option(
    "--timeout",
    "seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60,
    metavar="SECONDS",
    help="How long a client may take for one answer. [60]",
)
@options.format_option
@option("--json", "as_json", is_flag=True, help="Print what clients say as JSON.")
@options.project_options
@options.template_options
@options.terminal_options
def command(
    agents: tuple[str, ...],
    targets: tuple[str, ...],
    names: tuple[str, ...],
    folder: Path | None,
    tree: Path | None,
    seconds: float,
    directory: Path,
    terminal: Terminal,
    *,
    as_json: bool,
    **asked: Any,
) -> None:
    """Ask the clients that are installed which of the rendered agents they load.

    The agents are rendered into a scratch project, and each client is asked there, with
    a home of its own, without a network and without an account. Prints a table; in a pipe,
    lines with tabs between client, version, agent, path, outcome, tools, lost tools and
    reason. Exits with 1 if a client refuses an agent, takes a tool from it or does not answer.
    """
    from agentgen.verify import Places, diagnostics, verify

    if as_json and terminal.form:
        raise click.UsageError("`--json` prints all that clients say, and takes no `--format`")
    clients = _clients(names)
    warnings: tuple[Diagnostic, ...] = ()
    if tree is None:
        request = options.request(directory, agents, **asked)
        files, warnings = _rendered(request, targets, clients, terminal)
    elif agents or targets:
        raise fail("invalid-option", "`--from` shows everything: it takes no agents and no targets")
    else:
        files = _found(directory / tree, clients)
    wanted = [client for client in clients if any(client.looks_at(each.path) for each in files)]
    for client in clients:
        if names and client not in wanted:
            say(f"{client.title} is not asked: none of the agents is for it", terminal)
    places = Places(directory / folder if folder else None, os.environ.get("PATH", os.defpath))
    progress = Progress("asking clients", terminal)
    verified = verify(wanted, files, places, seconds, progress)
    _require_clients(verified, wanted, names, folder)
    found = diagnostics(verified)
    shown = worth_saying(ordered([*warnings, *found]), terminal)
    _report(verified, shown, terminal, as_json=as_json)
    if found:
        raise SystemExit(FINDINGS)


def _clients(names: tuple[str, ...]) -> "list[Client]":
    """Return the clients with these names, or all."""
    from agentgen.diagnostics import did_you_mean
    from agentgen.verify import CLIENTS

    for name in names:
        if name not in CLIENTS:
            help = did_you_mean(name, CLIENTS) or f"known are {', '.join(map(quoted, CLIENTS))}"
            raise fail("invalid-option", f"there is no client {quoted(name)}", help=help)
    return [client for name, client in CLIENTS.items() if name in names or not names]


def _rendered(
    request: Any, targets: tuple[str, ...], clients: "list[Client]", terminal: Terminal
) -> "tuple[list[AgentFile], tuple[Diagnostic, ...]]":
    """Render the agents for the targets; return the files that clients look for, and warnings."""
    with start_workers(Progress("rendering", terminal)) as workers:
        from agentgen.api import find_targets
        from agentgen.loader import load
        from agentgen.rendering import render_targets
        from agentgen.suppression import suppress

        loaded = load(request)
        chosen = find_targets(targets, loaded.settings)
        rendered = render_targets(loaded, chosen, workers)
    names = [target.name for target in chosen]
    files = _files(loaded, rendered, clients)
    if not files:
        read = ", ".join(sorted({quoted(client.target) for client in clients}))
        message = f"no client can be asked about {', '.join(map(quoted, names))}"
        raise fail("missing-client", message, help=f"choose a target with `-t`: {read}")
    for name in names:
        if name not in {client.target for client in clients}:
            say(f"no client can be asked about the target {quoted(name)}", terminal)
    sources = [document.source for document in loaded.project.documents.values()]
    wanted = loaded.settings.lint
    return files, suppress(rendered.diagnostics, sources, wanted)


def _files(loaded: "Loaded", rendered: "Rendered", clients: "list[Client]") -> "list[AgentFile]":
    from agentgen.verify import AgentFile

    sources = {each.source.path: each.source for each in loaded.project.documents.values()}
    return [
        AgentFile(each.path, each.text, sources.get(each.source) or Source(str(each.path), ""))
        for each in rendered.artifacts
        if any(client.target == each.target and client.looks_at(each.path) for client in clients)
    ]


def _found(tree: Path, clients: "list[Client]") -> "list[AgentFile]":
    """Return the files of a project on disk that clients look for."""
    from agentgen.paths import ShownPath
    from agentgen.verify import AgentFile

    shown = ShownPath(Path.cwd())
    folders = dict.fromkeys(folder for client in clients for folder in client.folders)
    paths = dict.fromkeys(path for folder in folders for path in folder.files(tree))
    files = []
    for path in paths:
        if not path.resolve().is_relative_to(tree.resolve()):
            message = f"{quoted(shown(path))} is a link that leads out of {quoted(tree)}"
            raise fail("escaping-link", message, help="only files below it are shown to clients")
        with path.open("rb") as file:
            text = file.read(LARGEST).decode(errors="surrogateescape")
        below = PurePosixPath(path.relative_to(tree).as_posix())
        files.append(AgentFile(below, text, Source(shown(path), text)))
    if not files:
        raise fail("unknown-agent", f"no client looks for agents that are in {quoted(tree)}")
    return files


def _require_clients(
    verified: "Verified", wanted: "list[Client]", names: tuple[str, ...], folder: Path | None
) -> None:
    """Fail where nobody was asked, or not everybody who was named."""
    from agentgen.verify import Client

    missing: list[Client] = [each.client for each in verified.answers if not each.installed]
    if missing and (names or len(missing) == len(wanted)):
        who = (
            ", ".join(each.title for each in missing)
            if names
            else "no client that reads these agents"
        )
        verb = "are not" if names and len(missing) > 1 else "is not" if names else "is"
        where = f" in {quoted(folder)}" if folder else ""
        install = " or ".join(quoted(each.install) for each in missing)
        raise fail("missing-client", f"{who} {verb} installed{where}", help=install)


def _report(
    verified: "Verified",
    found: "tuple[Diagnostic, ...]",
    terminal: Terminal,
    *,
    as_json: bool,
) -> None:
    """Print what clients say; or in a form that was asked for, what there is to report."""
    from agentgen.cli.verdicts import print_verdicts, summed_up

    if terminal.form == "text":
        color = is_colored(terminal.color, on_stdout=True)
        text = as_text(found, color=color, columns=columns(on_stdout=True))
        click.echo(text, nl=False, color=color)
    elif terminal.form:
        click.echo(FORMATS[terminal.form](found), nl=False)
    else:
        print_verdicts(verified, as_json=as_json)
        show(found, terminal)
    for line in summed_up(verified):
        say(line, terminal)
    how = "without a network" if verified.is_cut_off else "offline by their own settings only"
    say(f"clients were asked {how}", terminal, verbosity=1 if verified.is_cut_off else 0)
