"""`python -m agentgen`, and the console script: run a verb, report, exit."""

import atexit
import gc
import os
import sys

from agentgen.last_run import Seen, finish, look

INTERRUPTED = 130
FAILED = 2
RENDERING = frozenset({"render", "preview", "lint"})
"""The verbs that need a worker, whatever else they are told."""


MOST_YOUNG = 50_000
"""Objects made before Python looks for garbage; what is loaded is none, and looking takes long."""


def main() -> None:
    """Run the command line and exit with its code (see the README's table)."""
    try:
        seen = look(sys.argv[1:], _start_worker)
        is_done = seen is not None and not seen.changed and finish(seen)
        code = 0 if is_done else _run(seen)
    except KeyboardInterrupt:
        _last_word("interrupted: every file is the old one or the new one, whole")
        code = INTERRUPTED
    gc.freeze()  # whatever is left goes with the process, and is not looked through before
    raise SystemExit(code)


def run() -> None:
    """Run the command line, and end the process at once where nothing is left to do.

    Taking a process apart is a tenth of a short run. What has registered itself for the end, or
    still runs, or cannot be written, is waited for as usual.
    """
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, int) and _leaves_nothing():
            os._exit(end.code)
        raise


def _leaves_nothing() -> bool:
    if sys.getprofile() is not None or sys.gettrace() is not None:
        return False  # somebody looks on
    threads = sys.modules.get("threading")
    if atexit._ncallbacks() or (threads is not None and threads.active_count() > 1):  # noqa: SLF001
        return False
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return False
    return True


def _run(seen: Seen | None) -> int:
    gc.set_threshold(MOST_YOUNG)
    if RENDERING.intersection(sys.argv[1:2]) and not {"-h", "--help"}.intersection(sys.argv):
        _start_worker()
    from agentgen.later import begin_command

    begin_command()
    import click

    from agentgen.cli import cli
    from agentgen.cli.output import discard_stdout, say_anything

    say_anything()
    try:
        return int(cli.main(prog_name="agentgen", standalone_mode=False, obj=seen) or 0)
    except click.ClickException as error:
        error.show()
        return FAILED
    except click.Abort:
        raise KeyboardInterrupt from None
    except OSError as error:
        if error.filename is not None:  # only a stream has no name
            raise
        discard_stdout()
        reason = (error.strerror or str(error)).lower()
        _last_word(f"error: cannot write what was asked for: {reason}")
        return FAILED


def _start_worker() -> None:
    from agentgen import ahead

    ahead.start()


def _last_word(text: str) -> None:
    """Say something on stderr, even where that may be what has failed."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass


if __name__ == "__main__":
    run()
