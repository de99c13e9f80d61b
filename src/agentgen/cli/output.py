"""Where bytes meet the two streams: what was asked for on stdout, everything else on stderr."""

import io
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from agentgen import report
from agentgen.diagnostics import AgentgenError, Diagnostic, Severity, fail, quoted
from agentgen.frozen import Frozen

PATIENCE_SECONDS = 0.5
"""Until then nobody wonders what is going on."""


class Terminal(Frozen):
    """How much to say, whether in colour (None: where the terminal can), and in which form.

    What would be said goes to `held` instead, where there is one. `form` is the form of reports
    that was asked for; None: GitHub's within its Actions, else text.
    """

    quiet: bool
    verbosity: int
    color: bool | None
    held: list[str] | None = None
    form: str | None = None

    @property
    def report_form(self) -> str:
        """The form that diagnostics are printed in."""
        in_actions = os.environ.get("GITHUB_ACTIONS") == "true"
        return self.form or ("github" if in_actions else "text")


def say(text: str, terminal: Terminal, *, verbosity: int = 0) -> None:
    """Print a line about the run on stderr, unless it is more than was asked for."""
    if terminal.held is not None and verbosity == 0:
        terminal.held.append(text)
    elif not terminal.quiet and terminal.verbosity >= verbosity:
        click.echo(report.inert(text, len(text) * 10 + 1), err=True)


def show(diagnostics: Iterable[Diagnostic], terminal: Terminal) -> None:
    """Print diagnostics on stderr, or on stdout in the form that was asked for.

    When told to be quiet, only errors are printed as text.
    """
    if terminal.report_form != "text":
        text = report.FORMATS[terminal.report_form](diagnostics)
        click.echo(text, err=terminal.form is None, nl=False)
        return
    color = is_colored(terminal.color)
    text = report.as_text(wanted(diagnostics, terminal), color=color, columns=columns())
    click.echo(text, err=True, nl=False, color=color)


def wanted(diagnostics: Iterable[Diagnostic], terminal: Terminal) -> tuple[Diagnostic, ...]:
    """Return those that are worth saying, and when told to be quiet, only errors."""
    return tuple(
        each
        for each in worth_saying(diagnostics, terminal)
        if not terminal.quiet or each.severity is Severity.ERROR
    )


def worth_saying(diagnostics: Iterable[Diagnostic], terminal: Terminal) -> tuple[Diagnostic, ...]:
    """Return the diagnostics without notes, unless more is to be said."""
    everything = terminal.verbosity > 0
    return tuple(each for each in diagnostics if everything or each.severity is not Severity.NOTE)


def is_colored(wanted: bool | None, *, on_stdout: bool = False) -> bool:  # noqa: FBT001
    """Say whether messages on a stream are coloured (https://no-color.org)."""
    if wanted is not None:
        return wanted
    stream = sys.stdout if on_stdout else sys.stderr
    return not os.environ.get("NO_COLOR") and stream is not None and stream.isatty()


def columns(*, on_stdout: bool = False) -> int | None:
    """Return how wide the terminal is that a stream leads to, or None where it leads elsewhere."""
    stream = sys.stdout if on_stdout else sys.stderr
    if stream is None or not stream.isatty():
        return None
    from shutil import get_terminal_size  # it brings all that packs and unpacks archives

    return get_terminal_size().columns


def is_terminal() -> bool:
    """Say whether somebody looks at what goes to stdout."""
    return sys.stdout is not None and sys.stdout.isatty()


def summarize_job(text: str) -> None:
    """Add Markdown to the summary of a GitHub Actions job, if this runs in one.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)


def report_failure(error: AgentgenError, terminal: Terminal) -> None:
    """Print everything that an error carries, and how much it was."""
    show(error.diagnostics, terminal)
    say(report.summary(error.diagnostics), terminal)


def say_anything() -> None:
    """Let the streams escape what their encoding does not have, where they would raise."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def discard_stdout() -> None:
    """Let what is still in the buffer of stdout go nowhere: it fails again at exit otherwise."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unreadable(error: OSError) -> AgentgenError:
    """Return what to say of a file or folder that the system does not let us use."""
    reason = (error.strerror or str(error)).lower()
    return fail("unreadable-file", f"cannot use {quoted(os.fsdecode(error.filename))}: {reason}")


class Progress:
    """A bar on stderr, if that is a terminal and the work takes long enough to wonder about."""

    def __init__(self, label: str, terminal: Terminal) -> None:
        self._label = label
        self._is_wanted = not terminal.quiet and sys.stderr is not None and sys.stderr.isatty()
        self._start = time.monotonic()
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        """Show that so many of all are done."""
        if not self._is_wanted or time.monotonic() - self._start < PATIENCE_SECONDS:
            return
        if self._bar is None or self._bar.length != total:
            self._bar = click.progressbar(
                length=total, label=self._label, file=sys.stderr, show_eta=False
            )
        self._bar.update(done - self._bar.pos)
        if done == total:
            self._bar.render_finish()
            self._bar = None
