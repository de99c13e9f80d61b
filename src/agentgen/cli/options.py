"""Options that verbs share, and what they ask of the loader."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentgen.cli.commands import option
from agentgen.cli.output import Terminal, discard_stdout, report_failure, unreadable
from agentgen.diagnostics import AgentgenError, fail, quoted
from agentgen.modes import Undefined, Whitespace
from agentgen.report import FORMATS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from agentgen.loader import Request

Command = Callable[..., None]
FAILED = 2
"""The exit code of a run that could not do what was asked."""


def project_options(function: Command) -> Command:
    """Add the options that say which project is meant."""
    for add in reversed(
        (
            option(
                "-C",
                "--directory",
                type=click.Path(path_type=Path),
                default=Path(),
                metavar="DIR",
                help="Work as if started in DIR.",
            ),
            option(
                "-s",
                "--schema",
                multiple=True,
                type=click.Path(),
                metavar="FILE",
                help="Project schema; later ones are merged over earlier ones.",
            ),
            option(
                "--set",
                "values",
                multiple=True,
                metavar="KEY.PATH=VALUE",
                help="Set a value of the project schema; VALUE is read as YAML.",
            ),
        )
    ):
        function = add(function)
    return function


def template_options(function: Command) -> Command:
    """Add the options that change how templates are rendered."""
    for add in reversed(
        (
            option(
                "--undefined",
                type=click.Choice([str(each) for each in Undefined]),
                help="What undefined values may do. Guarded: be tested, not printed.",
            ),
            option(
                "--whitespace",
                type=click.Choice([str(each) for each in Whitespace]),
                help="Tidy: lines that hold only tags vanish. Jinja: they stay.",
            ),
            option(
                "--limit",
                "limits",
                multiple=True,
                metavar="NAME=VALUE",
                help="What one agent may use: time (seconds); memory, output, input (MiB).",
            ),
        )
    ):
        function = add(function)
    return function


def output_option(function: Command) -> Command:
    """Add the option that says where files are written, as `output`."""
    help = "Where to write. [build]"
    return option("-o", "--output", metavar="DIR", type=click.Path(), help=help)(function)


def format_option(function: Command) -> Command:
    """Add the option that says how diagnostics are printed; `terminal_options` takes it."""
    return option(
        "--format",
        "form",
        type=click.Choice(list(FORMATS)),
        help="How to print what is found. [text; github within GitHub Actions]",
    )(function)


def target_option(
    function: Command,
    help: str = "A client's format; can be repeated. [all: those in the settings]",
) -> Command:
    """Add the option that says which clients' formats are wanted, as `targets`."""
    return option(
        "-t",
        "--target",
        "targets",
        multiple=True,
        metavar="NAME",
        shell_complete=complete_targets,
        help=help,
    )(function)


def complete_targets(
    ctx: click.Context,  # noqa: ARG001 - click's signature
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> "list[CompletionItem]":
    """Return the targets whose names begin with what was typed."""
    from click.shell_completion import CompletionItem

    from agentgen.targets import ALL, TARGETS

    named = {
        **{target.name: target.title for target in TARGETS.values()},
        ALL: "as in the settings",
    }
    return [
        CompletionItem(name, help=title)
        for name, title in named.items()
        if name.startswith(incomplete)
    ]


def require_sense(nonsense: Mapping[str, object]) -> None:
    """Fail with the first message whose condition holds."""
    for message, holds in nonsense.items():
        if holds:
            raise click.UsageError(message)


def terminal_options(function: Command) -> Command:
    """Add the options about what is said, as one `terminal` argument; report what goes wrong."""

    def with_terminal(
        *, quiet: bool, verbose: int, color: bool | None, form: str | None = None, **kwargs: Any
    ) -> None:
        terminal = Terminal(quiet, verbose, color, form=form)
        try:
            function(terminal=terminal, **kwargs)
        except AgentgenError as error:
            report_failure(error, terminal)
            raise SystemExit(FAILED) from None
        except BrokenPipeError:
            discard_stdout()  # whoever reads it has seen enough
        except OSError as error:
            if error.filename is None:  # a stream, and not one of the project's files
                raise
            report_failure(unreadable(error), terminal)
            raise SystemExit(FAILED) from None

    with_terminal.__name__ = function.__name__
    with_terminal.__doc__ = function.__doc__
    with_terminal.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    command: Command = with_terminal
    for add in reversed(
        (
            option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
            option("-v", "--verbose", count=True, help="Say more."),
            option(
                "--color/--no-color",
                default=None,
                help="Color messages; by default, on terminals without NO_COLOR.",
            ),
        )
    ):
        command = add(command)
    return command


def complete_agents(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001 - click's signature
    incomplete: str,
) -> "list[CompletionItem]":
    """Return the agents' names that begin with what was typed, or let the shell complete a path."""
    from click.shell_completion import CompletionItem

    from agentgen.loader import Request, survey

    try:
        project = survey(Request(directory=ctx.params.get("directory") or Path())).project
    except AgentgenError:
        return [CompletionItem(incomplete, type="file")]
    names = [
        CompletionItem(agent.name, help=" ".join((agent.description or "").split()))
        for agent in project.agents
        if agent.name.startswith(incomplete)
    ]
    return names or [CompletionItem(incomplete, type="file")]


def request(
    directory: Path,
    agents: tuple[str, ...] = (),
    schema: tuple[str, ...] = (),
    values: tuple[str, ...] = (),
    undefined: str | None = None,
    whitespace: str | None = None,
    limits: tuple[str, ...] = (),
) -> "Request":
    """Return what the command line asks of the loader."""
    from agentgen.loader import Request

    return Request(
        directory=directory,
        agents=agents,
        schema=schema,
        values=values,
        undefined=Undefined(undefined) if undefined else None,
        whitespace=Whitespace(whitespace) if whitespace else None,
        limits=dict(map(_limit, limits)),
    )


def _limit(text: str) -> tuple[str, float]:
    from agentgen.settings import parse_limit

    name, _, value = text.partition("=")
    if (number := parse_limit(name, value)) is None:
        message = f"{quoted(text)} is not a limit"
        raise fail("invalid-option", message, help="write `time=5`, `memory=1024` or `output=2`")
    return name, number
