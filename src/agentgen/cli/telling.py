"""What `render` says of what it did, would do, or found.

The report goes to stdout, everything about the run to stderr.
"""

import os
from collections.abc import Sequence

import click

from agentgen.cli.options import FAILED
from agentgen.cli.output import (
    Terminal,
    is_colored,
    is_terminal,
    say,
    show,
    summarize_job,
    worth_saying,
)
from agentgen.diagnostics import AgentgenError, Diagnostic, has_errors, ordered
from agentgen.drift import Change
from agentgen.modes import Kind
from agentgen.report import changes, summary
from agentgen.report.changes import Report
from agentgen.wording import quoted

DRIFT = 1
"""The exit code of a check that found files that are not as rendered."""


_COMMANDS = {Kind.RENDER: "render", Kind.PLAN: "render --dry-run", Kind.CHECK: "render --check"}


_SUMMARIES = {
    Kind.RENDER: changes.done_summary,
    Kind.PLAN: changes.plan_summary,
    Kind.CHECK: changes.drift_summary,
}


def exit_code(kind: Kind, reports: Sequence[Report]) -> int:
    """Return the exit code of a run with these reports."""
    if has_errors(each for report in reports for each in report.diagnostics):
        return FAILED
    return DRIFT if kind is Kind.CHECK and any(report.drifted for report in reports) else 0


def tell(
    kind: Kind,
    reports: Sequence[Report],
    terminal: Terminal,
    *,
    as_diff: bool = False,
    message: str | None = None,
) -> None:
    """Print the reports in the form that was asked for, and add them to a job's summary."""
    found = ordered(each for report in reports for each in report.diagnostics)
    said = _said(kind, reports, worth_saying(found, terminal))
    drifted = any(report.drifted for report in reports)
    advice = []
    if kind is Kind.CHECK and drifted:
        advice = [message] if message else _advice(reports, as_diff=as_diff)
    if terminal.form == "json":
        click.echo(changes.as_json(kind, reports), nl=False)
    elif kind is Kind.CHECK:
        _tell_drift(reports, found, terminal, as_diff=as_diff, message=message)
    else:
        _tell_done(kind, reports, found, terminal)
    if not reports:
        say("none of the projects is in this shard", terminal)
    if any(report.is_all_disabled for report in reports):
        say(_all_disabled(reports), terminal)
    for text in filter(None, (said, *advice)):
        say(text, terminal)
    if "GITHUB_STEP_SUMMARY" in os.environ:
        told = "; ".join(filter(None, (said, message if drifted else None)))
        summarize_job(changes.as_markdown(f"agentgen {_COMMANDS[kind]}", reports, told))


def tell_failure(kind: Kind, error: AgentgenError, terminal: Terminal) -> None:
    """Report a run that could do nothing as JSON, and end, if JSON was asked for."""
    said = summary(error.diagnostics)
    summarize_job(changes.as_markdown(f"agentgen {_COMMANDS[kind]}", [], said, error.diagnostics))
    if terminal.form == "json":
        click.echo(changes.as_json(kind, [], error.diagnostics), nl=False)
        say(said, terminal)
        raise SystemExit(FAILED)


def _said(kind: Kind, reports: Sequence[Report], found: Sequence[Diagnostic]) -> str:
    if not any(report.changes or report.untouched for report in reports):
        return ""
    text = _SUMMARIES[kind](reports)
    problems = summary(found)
    return f"{text}, {problems}" if problems else text


def _all_disabled(reports: Sequence[Report]) -> str:
    if len(reports) == 1:
        return "the project schema disables every agent"
    names = ", ".join(quoted(report.name) for report in reports if report.is_all_disabled)
    return f"every agent is disabled in {names}"


def _tell_done(
    kind: Kind, reports: Sequence[Report], found: Sequence[Diagnostic], terminal: Terminal
) -> None:
    show(found, terminal)
    for report in reports:
        if kind is Kind.PLAN:
            for line in changes.plan_lines(report):
                click.echo(line)
        elif terminal.verbosity:
            for line in changes.done_lines(report):
                say(line, terminal, verbosity=1)


def _tell_drift(
    reports: Sequence[Report],
    found: Sequence[Diagnostic],
    terminal: Terminal,
    *,
    as_diff: bool,
    message: str | None,
) -> None:
    for report in reports:
        for line in changes.slight_lines(report) if terminal.verbosity else ():
            say(line, terminal, verbosity=1)
        if as_diff:
            _print_diff(changes.diff(report), terminal)
    if terminal.report_form == "github":
        click.echo(changes.drift_annotations(reports, message), nl=False, err=as_diff)
        return
    show(found, terminal)
    for report in reports:
        for line in changes.drift_lines(report):
            click.echo(line, err=as_diff)


def _print_diff(diff: bytes, terminal: Terminal) -> None:
    from agentgen.report.diff import as_shown_diff

    color = is_colored(terminal.color, on_stdout=True)
    if color or is_terminal():
        click.echo(as_shown_diff(diff, color=color), nl=False, color=color)
    else:
        click.echo(diff, nl=False)


def _advice(reports: Sequence[Report], *, as_diff: bool) -> list[str]:
    """Return what to do, a line each; what `render` does by itself is one of them."""
    drifted = [change for report in reports for change in report.drifted]
    cures: dict[str, list[str]] = {}
    for change in drifted:
        cures.setdefault(_cure(change), []).append(str(change.drift))
    shows = ["`--diff` shows how"] if not as_diff and any(map(changes.is_in_diff, drifted)) else []
    if len(cures) == 1:
        return ["; ".join([*shows, *cures])]
    lines = [f"{', '.join(dict.fromkeys(each))}: {cure}" for cure, each in cures.items()]
    return [*lines, *shows]


def _cure(change: Change) -> str:
    if change.action not in _DOES:
        return changes.cure(change)
    needs_force = change.drift == "edited" or change.reason is not None
    return f"`agentgen render{' --force' if needs_force else ''}` brings them up to date"


_DOES = ("write", "remove")
