"""`python -m agentgen`, and the console script: run a verb, report, exit."""

from contextlib import suppress

INTERRUPTED = 130
FAILED = 2


def main() -> None:
    """Run the command line and exit with its code (see the README's table)."""
    import click

    from agentgen.cli import cli
    from agentgen.cli.output import discard_stdout

    try:
        code = cli.main(prog_name="agentgen", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: every file is the old one or the new one, whole", err=True)
        code = INTERRUPTED
    except OSError as error:
        if error.filename is not None:  # only a stream has no name
            raise
        code = FAILED
        discard_stdout()
        reason = (error.strerror or str(error)).lower()
        with suppress(OSError):
            click.echo(f"error: cannot write what was asked for: {reason}", err=True)
    raise SystemExit(code or 0)


if __name__ == "__main__":
    main()
