"""`agentgen lint`: find problems, and fix those that have one right answer."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentgen.cli import options
from agentgen.cli.commands import option, verb
from agentgen.cli.output import (
    Progress,
    Terminal,
    columns,
    is_colored,
    say,
    summarize_job,
    worth_saying,
)
from agentgen.cli.watching import start_workers, watchable
from agentgen.diagnostics import Diagnostic, Severity
from agentgen.frozen import replace
from agentgen.report import FORMATS, as_text, summary

if TYPE_CHECKING:
    from agentgen.fixes import Fixed
    from agentgen.loader import Request
    from agentgen.settings import LintSettings

FINDINGS = 1
"""The exit code of a run that found something."""


@verb("lint", short_help="Find problems, and fix what can be fixed.")
@click.argument("agents", metavar="[AGENT]...", nargs=-1, shell_complete=options.complete_agents)
@option("--fix", is_flag=True, help="Fix what has one right answer, and report the rest.")
@option("--diff", is_flag=True, help="Print what --fix would change, and change nothing.")
@options.format_option
@option("--select", multiple=True, metavar="RULE", help="Only this rule; can be repeated.")
@option("--extend-select", multiple=True, metavar="RULE", help="This rule as well.")
@option("--ignore", multiple=True, metavar="RULE", help="Not this rule; can be repeated.")
@option("--warnings-as-errors", is_flag=True, help="Let warnings fail the run as well.")
@options.target_option
@options.project_options
@options.template_options
@options.terminal_options
@watchable
def command(
    agents: tuple[str, ...],
    targets: tuple[str, ...],
    directory: Path,
    terminal: Terminal,
    *,
    fix: bool,
    diff: bool,
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    warnings_as_errors: bool,
    **asked: Any,
) -> None:
    """Find problems in agents, prompts, schemas and settings.

    Finds what `render` would report, and names in templates that can never be there,
    also in branches that this project does not take. Changes nothing without --fix.
    Exits with 1 if there are errors, or with --diff if there is something to fix.
    """
    if diff and terminal.form:
        raise click.UsageError("`--diff` prints a diff, and takes no `--format`")
    request = options.request(directory, agents, **asked)

    def wanted(settings: "LintSettings") -> "LintSettings":
        return replace(
            settings,
            select=select or settings.select,
            extend_select=(*settings.extend_select, *extend_select),
            ignore=(*settings.ignore, *ignore),
        )

    found = _find(request, targets, wanted, terminal, fix=fix or diff)
    if diff:
        _show_diff(found, terminal)
    else:
        _change(found)
        _report(found, terminal, fix=fix)
    left = found.left
    worst = {each.severity for each in left}
    is_bad = Severity.ERROR in worst or (Severity.WARNING in worst and warnings_as_errors)
    if is_bad or (diff and found.files):
        raise SystemExit(FINDINGS)


def _find(
    request: "Request",
    targets: tuple[str, ...],
    wanted: Callable[["LintSettings"], "LintSettings"],
    terminal: Terminal,
    *,
    fix: bool,
) -> "Fixed":
    with start_workers(Progress("checking", terminal)) as workers:
        from agentgen import fixes
        from agentgen.api import find_targets
        from agentgen.lint import lint
        from agentgen.loader import Loaded, load

        def look(texts: fixes.Texts) -> tuple[Loaded, tuple[Diagnostic, ...]]:
            loaded = load(request, texts=texts)
            chosen = find_targets(targets, loaded.settings)
            found = lint(loaded, chosen, workers, wanted(loaded.settings.lint))
            return loaded, worth_saying(found, terminal)

        return fixes.fix(look) if fix else fixes.Fixed(left=look({})[1])


def _change(found: "Fixed") -> None:
    if found.files:
        from agentgen.rewriter import rewrite

        rewrite(found.files)


def _report(found: "Fixed", terminal: Terminal, *, fix: bool) -> None:
    left = found.left
    if terminal.report_form == "text":
        color = is_colored(terminal.color, on_stdout=True)
        text = as_text(left, color=color, columns=columns(on_stdout=True))
        click.echo(text, nl=False, color=color)
    else:
        click.echo(FORMATS[terminal.report_form](left), nl=False)
    said = [_count(found, "fixed")] if fix else []
    if fix or terminal.report_form == "text":
        said += [summary(left) or "no problems"]
    fixable = sum(bool(each.edits) for each in left)
    if fixable and not fix and terminal.report_form == "text":
        said += [f"{fixable:,} fixable with `--fix`"]
    if said:
        say(", ".join(said), terminal)
    if "GITHUB_STEP_SUMMARY" in os.environ:
        from agentgen.report.changes import as_markdown

        summarize_job(as_markdown("agentgen lint", [], summary(left) or "no problems", left))


def _count(found: "Fixed", what: str) -> str:
    return f"{len(found.mended):,} {what}" if found.mended else "nothing to fix"


def _show_diff(found: "Fixed", terminal: Terminal) -> None:
    from agentgen.report.diff import as_diff, as_shown_diff

    diff = b"".join(
        as_diff(each.shown.lstrip("/"), each.before, each.after) for each in found.files
    )
    color = is_colored(terminal.color, on_stdout=True)
    if color or (sys.stdout is not None and sys.stdout.isatty()):
        click.echo(as_shown_diff(diff, color=color), nl=False, color=color)
    else:
        click.echo(diff, nl=False)
    said = [_count(found, "would be fixed"), summary(found.left)]
    say(", ".join(filter(None, said)), terminal)
