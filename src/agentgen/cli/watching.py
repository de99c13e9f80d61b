"""`--watch`: a verb runs once, and again on each change to what it reads, until Ctrl-C."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentgen.cli.commands import option
from agentgen.cli.output import Progress, Terminal, report_failure, say, unreadable
from agentgen.diagnostics import AgentgenError, fail
from agentgen.frozen import replace
from agentgen.report import counted

if TYPE_CHECKING:
    from agentgen.workers import Workers

Command = Callable[..., None]

_REMEMBERED = "agentgen.workers"
_ONLY_ONCE = ("--fix", "--for-each")
"""Options that change what is watched, or read what is not."""


def watchable(function: Command) -> Command:
    """Add `--watch` to a verb that takes a `terminal` and says what it has done in one line."""

    def watching(*, watch: bool, terminal: Terminal, **asked: Any) -> None:
        if watch:
            for name in _ONLY_ONCE:
                if asked.get(name.lstrip("-").replace("-", "_")):
                    raise click.UsageError(f"`--watch` and `{name}` do not go together")
            _keep_on(function, terminal, **asked)
        else:
            function(terminal=terminal, **asked)

    watching.__name__ = function.__name__
    watching.__doc__ = function.__doc__
    watching.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    help = "Do it again on each change, until Ctrl-C."
    command: Command = option("--watch", is_flag=True, help=help)(watching)
    return command


def start_workers(
    progress: Progress, meanwhile: Callable[[], None] = lambda: None
) -> "AbstractContextManager[Workers]":
    """Return the workers of a run: new ones, or while watching, those that remember.

    `meanwhile` is called when new ones have their first job.
    """
    if _REMEMBERED in click.get_current_context().meta:
        return nullcontext(click.get_current_context().meta[_REMEMBERED])
    from agentgen.workers import Workers

    return Workers(on_progress=progress, meanwhile=meanwhile)


def _keep_on(
    function: Command,
    terminal: Terminal,
    *,
    agents: tuple[str, ...],
    directory: Path,
    schema: tuple[str, ...],
    **asked: Any,
) -> None:
    if find_spec("watchfiles") is None:
        beside = "`pip install watchfiles`"
        help = f"run {beside} where agentgen is installed, or install it with the extra `watch`"
        message = "not installed, and needed by `--watch`: `watchfiles`"
        raise fail("invalid-option", message, help=help)
    from agentgen.loader import Request
    from agentgen.remembering import RememberingWorkers
    from agentgen.watch import Watch

    asked |= {"agents": agents, "directory": directory, "schema": schema}
    watch = Watch(Request(directory=directory, agents=agents, schema=schema))
    with RememberingWorkers() as workers:
        click.get_current_context().meta[_REMEMBERED] = workers
        try:
            while True:
                _run_once(function, terminal, workers, **asked)
                watch.wait()
        except KeyboardInterrupt:  # how watching ends
            say("", terminal)


def _run_once(function: Command, terminal: Terminal, workers: Any, **asked: Any) -> None:
    start, before = time.perf_counter(), workers.performed
    held: list[str] = []
    try:
        function(terminal=replace(terminal, held=held), **asked)
    except AgentgenError as error:
        report_failure(error, replace(terminal, held=held))
    except OSError as error:
        if error.filename is None:
            raise
        report_failure(unreadable(error), replace(terminal, held=held))
    except SystemExit:
        pass  # what was found has been printed
    took = (time.perf_counter() - start) * 1000
    rendered = f"{counted(workers.performed - before, 'template')} rendered in {took:,.0f} ms"
    say(f"{time.strftime('%H:%M:%S')} {', '.join([*held, rendered])}", terminal)
