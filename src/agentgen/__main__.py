"""`python -m agentgen`, and the console script: run a verb, report, exit."""

import os
import sys
from contextlib import suppress

INTERRUPTED = 130
FAILED = 2


def main() -> None:
    """Run the command line and exit with its code (see the README's table)."""
    import click

    from agentgen.cli import cli

    try:
        code = cli.main(prog_name="agentgen", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: every file is the old one or the new one, whole", err=True)
        code = INTERRUPTED
    except SystemExit as error:
        # click makes an exit of a broken pipe; whoever read the output has seen enough
        code = 0 if isinstance(error.__context__, BrokenPipeError) else error.code
    except OSError as error:
        if error.filename is not None:  # only a stream has no name
            raise
        code = FAILED
        _discard_output()
        reason = (error.strerror or str(error)).lower()
        with suppress(OSError):
            click.echo(f"error: cannot write what was asked for: {reason}", err=True)
    raise SystemExit(code or 0)


def _discard_output() -> None:
    """Let what is still in the buffer of stdout go nowhere: it fails again at exit otherwise."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
