"""The process that renders: it reads jobs, answers with outcomes, and can do nothing else.

It is started with no environment variables and isolated from the user's Python settings. Before
the first job it gives up memory beyond its limit, writing files, and opening anything at all; the
texts that includes ask for come from the other side. A timer on its own processor time ends it,
also in the middle of a computation that never returns to Python: that is what the signal's
default action does.
"""

import codecs
import os
import signal
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from agentgen.environment.engine import Engine
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Job, Limits, Outcome, Setup, Task
from agentgen.wire import receive, send

MEBIBYTE = 1024 * 1024


def main() -> None:
    """Serve the process's two streams until they close."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other side decides when to stop
    jobs, answers = os.fdopen(0, "rb"), os.fdopen(1, "wb")
    _load_what_is_loaded_late()
    message = receive(jobs)
    if message is not None:
        setup = read_setup(message)
        confine(setup.limits)
        serve(jobs, answers, setup)


def serve(jobs: BinaryIO, answers: BinaryIO, setup: Setup) -> None:
    """Answer every job with its outcome; ask for the texts of includes in between."""

    def fetch(name: str, parent: str) -> tuple[str, str] | None:
        send(answers, {"find": [name, parent]})
        found = receive(jobs)
        return None if not found else (str(found[0]), str(found[1]))

    engine = Engine(setup, fetch)
    while (message := receive(jobs)) is not None:
        _start_timer(setup.limits.time)
        outcome = _outcome(engine, read_job(message))
        _start_timer(0)
        send(answers, outcome)
        if any(problem["rule"] == "memory-limit" for problem in outcome.get("problems", ())):
            return  # what is left of the memory is not worth another job


def _outcome(engine: Engine, job: Job) -> dict[str, Any]:
    try:
        outcome: Outcome = engine.perform(job)
    except Exception:  # noqa: BLE001 - a mistake of ours: the other side raises it
        import traceback

        return {"bug": traceback.format_exc()}
    return asdict(outcome)


def read_setup(message: Any) -> Setup:
    """Return the setup that a message holds."""
    return Setup(
        Undefined(message["undefined"]),
        Whitespace(message["whitespace"]),
        (message["marks"][0], message["marks"][1]),
        message["schema"],
        Limits(**message["limits"]),
        message["shapes"],
    )


def read_job(message: Any) -> Job:
    """Return the job that a message holds."""
    values = tuple((tuple(path), text) for path, text in message["values"])
    return Job(**{**message, "values": values, "task": Task(message["task"])})


def confine(limits: Limits) -> None:
    """Give up what no job needs. Where the system has no such limits, the other side watches."""
    try:
        import resource
    except ImportError:  # Windows
        return
    memory = limits.memory * MEBIBYTE
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 3,
    }
    if sys.platform == "linux":  # macOS takes the call and does not hold it
        wanted[resource.RLIMIT_AS] = memory
    for kind, value in wanted.items():
        resource.setrlimit(kind, (value, value))


def _start_timer(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _load_what_is_loaded_late() -> None:
    """Import what is otherwise imported on the first failure, when nothing can be opened."""
    import difflib  # noqa: F401
    import html  # noqa: F401
    import textwrap  # noqa: F401
    import traceback  # noqa: F401

    import jinja2.debug  # noqa: F401

    codecs.lookup("unicode_escape")  # for the strings in templates
