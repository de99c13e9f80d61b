"""The command line: each verb is a module here, loaded when it is asked for."""

import importlib

import click

from agentgen.cli.commands import CONTEXT_SETTINGS, PlainHelp, option
from agentgen.version import __version__

VERBS = {
    "render": "agentgen.cli.render",
    "preview": "agentgen.cli.preview",
    "lint": "agentgen.cli.lint",
    "verify": "agentgen.cli.verify",
    "list": "agentgen.cli.list",
    "explain": "agentgen.cli.explain",
    "init": "agentgen.cli.init",
    "schema": "agentgen.cli.schema",
    "import": "agentgen.cli.importing",
}


class Verbs(PlainHelp, click.Group):
    """A group that imports a verb's module no sooner than the verb is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb's command; for a name that is none, fail with the nearest."""
        if cmd_name not in VERBS:
            from agentgen.diagnostics import did_you_mean

            if ctx.resilient_parsing:
                return None
            near = did_you_mean(cmd_name, VERBS)
            ctx.fail(f"there is no command `{cmd_name}`{f'; {near}' if near else ''}")
        command = importlib.import_module(VERBS[cmd_name]).command
        assert isinstance(command, click.Command)  # noqa: S101 - each module of the table has one
        return command


def _show_version(ctx: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001
    if value and not ctx.resilient_parsing:
        click.echo(f"{ctx.find_root().info_name} {__version__}", color=ctx.color)
        ctx.exit()


@click.group(cls=Verbs, context_settings=CONTEXT_SETTINGS)
@option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Compile agent definitions: templates and a project schema in, finished agents out.

    Without options, `agentgen render` reads agents/, prompts/ and schemas/project.yaml,
    and writes build/.
    """
