"""The process that renders: it reads jobs, answers with outcomes, and can do nothing else.

It is started with no environment variables and isolated from the user's Python settings. Before
the first job it gives up memory beyond its limit, writing files, and opening anything at all; the
texts that includes ask for come from the other side. A timer on its own processor time ends it,
also in the middle of a computation that never returns to Python: that is what the signal's
default action does.
"""

import codecs
import contextlib
import ctypes
import os
import signal
import sys
from collections import deque
from collections.abc import Callable
from typing import Any, BinaryIO

from agentgen.environment.engine import Engine, out_of_memory
from agentgen.frozen import asdict
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Job, Limits, Outcome, Setup, Task
from agentgen.wire import receive, send

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
LONGEST_NAME = 300
"""Characters that the name in an include may have."""
MEBIBYTE = 1024 * 1024


def main() -> None:
    """Serve the process's two streams until they close."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other side decides when to stop
    jobs, answers = os.fdopen(0, "rb"), os.fdopen(1, "wb")
    _load_what_is_loaded_late()
    message = receive(jobs)
    if message is not None:
        setup = read_setup(message)
        _load_what_is_asked_for(setup)
        confine(setup.limits)
        serve(jobs, answers, setup, _start_timer)


def serve(
    jobs: BinaryIO, answers: BinaryIO, setup: Setup, start_timer: Callable[[float], None]
) -> None:
    """Answer every job with its outcome; ask for the texts of includes in between.

    Between jobs the data of another project can come, which has the same templates.

    `start_timer` takes the seconds of processor time after which this process ends; 0 is never.
    """
    waiting: deque[dict[str, Any]] = deque()

    def fetch(name: str, parent: str) -> tuple[str, str] | None:
        if len(name) > LONGEST_NAME:
            return None
        send(answers, {"find": [name, parent]})
        while isinstance(found := receive(jobs), dict):  # a job that was sent before the answer
            waiting.append(found)
        return None if not found else (str(found[0]), str(found[1]))

    engine = Engine(setup, fetch)
    while (message := waiting.popleft() if waiting else receive(jobs)) is not None:
        if "schema" in message:
            engine.use(message["schema"], message["shapes"])
            continue
        start_timer(setup.limits.time)
        outcome = _outcome(engine, read_job(message))
        start_timer(0)
        send(answers, outcome)
        if any(problem["rule"] == "memory-limit" for problem in outcome.get("problems", ())):
            return  # what is left of the memory is not worth another job


def _outcome(engine: Engine, job: Job) -> dict[str, Any]:
    try:
        if job.task is Task.LINKS:
            from agentgen.links import destinations

            return asdict(Outcome(links=tuple(destinations(job.text))))
        if job.task is Task.BLOCKS:
            from agentgen.markup import parse

            return asdict(Outcome(body=parse(job.text)))
        outcome = engine.perform(job)
    except MemoryError:
        return asdict(Outcome(problems=(out_of_memory(job.name),)))
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
        message["links"],
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
    os.chdir("/")
    if sys.platform == "linux":
        _tie_to_parent()
    memory = limits.memory * MEBIBYTE
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 0,  # what is open stays open
        resource.RLIMIT_NPROC: 0,
    }
    if sys.platform == "linux":  # macOS takes the call and does not hold it
        wanted[resource.RLIMIT_AS] = memory
    for kind, value in wanted.items():
        resource.setrlimit(kind, (value, value))


def _tie_to_parent() -> None:
    """End with the process that started this one, and never gain a right (prctl(2))."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _start_timer(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _load_what_is_loaded_late() -> None:
    """Import what is otherwise imported on the first failure, when nothing can be opened.

    The modules of Python's own have been read by now (see `agentgen.later`).
    """
    import jinja2.debug  # noqa: F401

    codecs.lookup("unicode_escape")  # for the strings in templates


def _load_what_is_asked_for(setup: Setup) -> None:
    """Import what only some runs need, while it can still be opened."""
    if setup.shapes:
        import agentgen.environment.static  # noqa: F401
    if setup.links:
        from agentgen.links import destinations
        from agentgen.markup import parse

        list(destinations("[a](b)"))  # loads the parser
        parse("[a](b)")
