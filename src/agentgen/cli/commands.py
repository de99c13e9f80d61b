"""Commands and options of click whose help stands as it is written.

click lays out each text of help as a docstring, and for that loads `inspect`, which takes longer
than all else that a short run does with its options (see `agentgen.later`).
"""

from functools import partial
from typing import Any

import click

CONTEXT_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Option(click.Option):
    """An option whose help is one line."""

    def __init__(self, *names: Any, help: str | None = None, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.help = help


class PlainHelp(click.Command):
    """A command whose option for help is such an option."""

    _help: Option | None = None

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that shows this command's help, always the same one."""
        if self._help is None:
            self._help = Option(
                ctx.help_option_names,
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_show_help,
                help="Show this message and exit.",
            )
        return self._help


def _show_help(ctx: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


verb = partial(click.command, cls=PlainHelp)
option = partial(click.option, cls=Option)
