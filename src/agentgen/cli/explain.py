"""`agentgen explain`: what a rule, an agent, or a key of the project schema is about."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentgen.cli import options
from agentgen.cli.commands import option, verb
from agentgen.cli.output import Progress, Terminal, is_colored, show
from agentgen.diagnostics import AgentgenError, Diagnostic, has_errors
from agentgen.frozen import Frozen, asdict
from agentgen.rules import RULES, load_rule

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from agentgen.loader import Request
    from agentgen.questions import ItemAnswer
    from agentgen.rules import Rule

JSON_VERSION = 1
"""Of the shape that `--json` prints; a change that breaks readers makes it grow."""

HEADINGS = ("Fails:", "Passes:")


def complete_anything(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001 - click's signature
    incomplete: str,
) -> "list[CompletionItem]":
    """Return the agents, prompts, keys and rules that begin with what was typed, or any path."""
    from click.shell_completion import CompletionItem

    from agentgen.jobs import shapes
    from agentgen.keys import known_keys
    from agentgen.loader import Request, survey

    names = list(RULES)
    try:
        project = survey(Request(directory=ctx.params.get("directory") or Path())).project
        names += [agent.name for agent in project.agents]
        names += [prompt.name for prompt in project.prompts]
        names += known_keys(shapes(project)["schema"])
    except AgentgenError:
        pass  # there is no project here, and rules are everywhere
    found = [CompletionItem(name) for name in dict.fromkeys(names) if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


@verb("explain", short_help="Say what a rule, an agent or a key is about.")
@click.argument("name", shell_complete=complete_anything)
@option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@options.project_options
@options.terminal_options
def command(
    name: str,
    directory: Path,
    terminal: Terminal,
    *,
    as_json: bool,
    **asked: Any,
) -> None:
    """Say what a rule, an agent, a prompt, or a key of the project schema is about.

    Of a rule (the name in the brackets of a message): why it matters, and what fails
    and passes. Of an agent or prompt (its name, or the path of any source file): which
    keys of the project schema it reads, with their values, what it includes and links
    to, and where it lands. Of a key (as `schema.project.name`): who reads it, and where.

    A rule goes before an agent of the same name; the agent's path is its other name.
    """
    if name in RULES:
        rule = load_rule(name)
        page = _page(rule, color=is_colored(terminal.color, on_stdout=True))
        found = _Explained(page, {"rule": asdict(rule)})
    else:
        found = _explained(name, options.request(directory, **asked), terminal)
    show(found.problems, terminal)
    if as_json:
        click.echo(json.dumps({"version": JSON_VERSION, **found.data}, indent=2))
    else:
        click.echo(found.text, nl=False, color=is_colored(terminal.color, on_stdout=True))
    if has_errors(found.problems):
        raise SystemExit(options.FAILED)


class _Explained(Frozen):
    """An explanation as text and as data, and what kept it from being whole."""

    text: str
    data: dict[str, Any]
    problems: tuple[Diagnostic, ...] = ()


def _page(rule: "Rule", *, color: bool) -> str:
    lines = [f"{rule.name} ({rule.standing})", "", rule.summary, "", *rule.text.splitlines()]
    headings = (lines[0], *HEADINGS) if color else ()
    styled = (click.style(each, bold=True) if each in headings else each for each in lines)
    return "".join(f"{line}\n" for line in styled)


def _explained(name: str, request: "Request", terminal: Terminal) -> _Explained:
    from agentgen.keys import is_key
    from agentgen.questions import about_item, about_key
    from agentgen.report import explained
    from agentgen.workers import Workers

    columns = shutil.get_terminal_size().columns
    with Workers(on_progress=Progress("reading", terminal)) as workers:
        if is_key(name):
            key = about_key(request, name, workers)
            text = explained.key_as_text(key.found, columns=columns)
            return _Explained(text, explained.key_as_data(key.found), key.problems)
        item = about_item(request, name, workers)
    landings = _landings(item)
    text = explained.item_as_text(item.found, landings, columns=columns)
    return _Explained(text, explained.item_as_data(item.found, landings), item.problems)


def _landings(answer: "ItemAnswer") -> list[tuple[str, str]]:
    """Return the targets of the settings, each with where an agent or prompt lands."""
    from agentgen.api import find_target
    from agentgen.model import Prompt
    from agentgen.paths import ShownPath, real_path

    if answer.found.kind == "partial":
        return []
    output = ShownPath(Path.cwd())(real_path(answer.output))
    item = answer.found.item
    targets = map(find_target, answer.settings.targets)
    taking = [each for each in targets if isinstance(item, Prompt) or each.takes(item)]
    return [(target.name, f"{output}/{target.path(item)}") for target in taking]
