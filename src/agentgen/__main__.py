"""`python -m agentgen`, and the console script: run a verb, report, exit."""

import os
import sys

INTERRUPTED = 130
FAILED = 2


def main() -> None:
    """Run the command line and exit with its code (see the README's table)."""
    import click

    from agentgen.cli import cli

    try:
        code = cli.main(prog_name="agentgen", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        code = FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing is half-written", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        code = 0
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    raise SystemExit(code or 0)


if __name__ == "__main__":
    main()
