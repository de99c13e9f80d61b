"""`agentgen explain`: what a rule is about."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from agentgen.cli import options
from agentgen.cli.output import Terminal, is_colored
from agentgen.rules import RULES, load_rule

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from agentgen.rules import Rule

JSON_VERSION = 1
"""Of the shape that `--json` prints; a change that breaks readers makes it grow."""

HEADINGS = ("Fails:", "Passes:")


def complete_rules(
    ctx: click.Context,  # noqa: ARG001 - click's signature
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> "list[CompletionItem]":
    """Return the rules whose names begin with what was typed."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in RULES if name.startswith(incomplete)]


@click.command("explain", short_help="Print the documentation of a rule.")
@click.argument("name", metavar="RULE", shell_complete=complete_rules)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@options.terminal_options
def command(name: str, as_json: bool, terminal: Terminal) -> None:  # noqa: FBT001
    """Say what a rule is about, why it matters, and what fails and passes.

    RULE is the name in the brackets of a message; `agentgen list --rules` shows all.
    """
    rule = load_rule(name)
    if as_json:
        click.echo(json.dumps({"version": JSON_VERSION, "rule": asdict(rule)}, indent=2))
    else:
        color = is_colored(terminal.color, on_stdout=True)
        click.echo(_page(rule, color=color), color=color)


def _page(rule: "Rule", *, color: bool) -> str:
    lines = [f"{rule.name} ({rule.severity})", "", rule.summary, "", *rule.text.splitlines()]
    headings = (lines[0], *HEADINGS) if color else ()
    return "\n".join(click.style(line, bold=True) if line in headings else line for line in lines)
