"""`agentgen preview --web`: start the server, print where it is, and serve until Ctrl-C."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from agentgen.cli.output import Terminal, say
from agentgen.diagnostics import fail, quoted

if TYPE_CHECKING:
    from agentgen.loader import Request

PARTS = ("starlette", "uvicorn", "watchfiles")


def serve(
    request: "Request",
    first: str | None,
    targets: tuple[str, ...],
    terminal: Terminal,
    *,
    port: int,
    opens: bool,
) -> None:
    """Serve the preview of a project; print its link on stdout, and nothing else there.

    `first` is the name of the file that is shown first.
    """
    if missing := [part for part in PARTS if find_spec(part) is None]:
        beside = f"`pip install {' '.join(missing)}`"
        help = f"run {beside} where agentgen is installed, or install it with the extra `preview`"
        message = f"not installed, and needed by `--web`: {', '.join(map(quoted, missing))}"
        raise fail("invalid-option", message, help=help)
    from agentgen.preview.server import Server, listen

    try:
        listener = listen(port)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        help = "without `--port`, one that is free is taken"
        raise fail("invalid-option", f"cannot use port {port}: {reason}", help=help) from None
    server = Server(request, listener, targets)
    link = server.link(first)

    def tell() -> None:
        click.echo(link)
        say("the preview is for this machine only; Ctrl-C ends it", terminal)
        if opens:
            click.launch(link)

    server.run(tell)
