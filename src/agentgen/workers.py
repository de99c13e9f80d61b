"""Rendering happens in processes of its own, with limits: a template can end only its worker.

A library for process pools was looked for. Those of the standard library cannot end one worker;
Pebble can, but speaks pickle with its workers and gives them this process's environment.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from agentgen.outcome import Frame, Job, Limits, Outcome, Problem, Setup
from agentgen.wire import receive, send

JOBS_PER_WORKER = 8
"""A further worker is started for so many jobs: fewer are done before it would be ready."""

WALL_CLOCK_FACTOR = 10
"""A job may take so many times its processor time by the clock, for machines that are busy."""

WATCH_SECONDS = 0.01
"""How often memory is looked at where the system does not limit it."""

LIMITS_MEMORY = sys.platform == "linux"
"""Whether the system itself holds a process to its memory limit."""

Find = Callable[[str, str], tuple[str, str] | None]
"""Takes the name in an include and the including template's name; returns full name and text."""

_MEBIBYTE = 1024 * 1024


class WorkerBug(Exception):
    """A worker raised something that no template can be blamed for; carries its traceback."""


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    setup: Setup | None = None
    index: int = -1
    job: Job | None = None
    deadline: float = 0.0

    @property
    def requests(self) -> BinaryIO:
        assert self.process.stdin is not None  # noqa: S101 - started with pipes
        return self.process.stdin  # type: ignore[return-value]

    @property
    def answers(self) -> BinaryIO:
        assert self.process.stdout is not None  # noqa: S101
        return self.process.stdout  # type: ignore[return-value]

    def kill(self) -> int:
        """End the process; return its exit code."""
        self.process.kill()
        code = self.process.wait()
        for stream in (self.requests, self.answers):
            with contextlib.suppress(OSError):
                stream.close()
        return code


class Workers:
    """Worker processes: the first starts at once, so that it is ready when there is a job."""

    def __init__(self, most: int | None = None, *, watch_memory: bool = not LIMITS_MEMORY) -> None:
        self._most = most or os.cpu_count() or 1
        self._watch_memory = watch_memory
        self._idle: deque[_Worker] = deque([_start()])
        self._busy: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in (*self._idle, *self._busy):
            worker.kill()
        self._idle.clear()
        self._busy.clear()

    def perform(self, jobs: Sequence[Job], setup: Setup, find: Find) -> list[Outcome]:
        """Return the outcome of each job, in their order.

        Workers that were set up for another run are replaced: what a worker has given up it
        cannot get back.
        """
        run = _Run(jobs, setup, find)
        for worker in [each for each in self._idle if each.setup not in (None, setup)]:
            self._idle.remove(worker)
            worker.kill()
        wanted = min(self._most, 1 + len(jobs) // JOBS_PER_WORKER)
        while len(self._idle) < max(wanted, 1):
            self._idle.append(_start())
        with selectors.DefaultSelector() as selector:
            while run.waiting or self._busy:
                while run.waiting and self._idle:
                    self._assign(run, selector)
                for key, _ in selector.select(self._patience()):
                    self._listen(key.data, run, selector)
                self._enforce(run, selector)
        return [outcome for outcome in run.outcomes if outcome is not None]

    def _assign(self, run: "_Run", selector: selectors.BaseSelector) -> None:
        worker = self._idle.popleft()
        worker.index = run.waiting.popleft()
        worker.job = run.jobs[worker.index]
        worker.deadline = time.monotonic() + run.setup.limits.time * WALL_CLOCK_FACTOR
        self._busy.append(worker)
        selector.register(worker.answers, selectors.EVENT_READ, worker)
        with contextlib.suppress(OSError):  # a dead worker is found out when it does not answer
            if worker.setup is None:
                send(worker.requests, asdict(run.setup))
                worker.setup = run.setup
            send(worker.requests, asdict(worker.job))

    def _listen(self, worker: _Worker, run: "_Run", selector: selectors.BaseSelector) -> None:
        message = receive(worker.answers)
        if message is None:
            code = worker.kill()
            self._replace(worker, run, selector, _death(code, run.setup.limits))
        elif "find" in message:
            name, parent = message["find"]
            with contextlib.suppress(OSError):
                send(worker.requests, run.find(str(name), str(parent)))
        elif "bug" in message:
            raise WorkerBug(message["bug"])
        else:
            outcome = run.outcomes[worker.index] = _read_outcome(message)
            self._busy.remove(worker)
            selector.unregister(worker.answers)
            if any(problem.rule == "memory-limit" for problem in outcome.problems):
                worker.kill()  # it ends by itself as well: what it has left is not worth a job
            else:
                self._idle.append(worker)
            if run.waiting and not self._idle:
                self._idle.append(_start())

    def _patience(self) -> float:
        if self._watch_memory:
            return WATCH_SECONDS
        return max(0.0, min(worker.deadline for worker in self._busy) - time.monotonic())

    def _enforce(self, run: "_Run", selector: selectors.BaseSelector) -> None:
        """End the workers that are past their deadline, or hold too much memory."""
        limits = run.setup.limits
        for worker in list(self._busy):
            if time.monotonic() >= worker.deadline:
                seconds = limits.time * WALL_CLOCK_FACTOR
                message = f"rendering was not done after {seconds:g} seconds"
                problem = Problem("time-limit", message, help=_MORE_TIME)
            elif (
                self._watch_memory
                and resident_bytes(worker.process.pid) > limits.memory * _MEBIBYTE
            ):
                problem = _too_much_memory(limits)
            else:
                continue
            worker.kill()
            self._replace(worker, run, selector, problem)

    def _replace(
        self, worker: _Worker, run: "_Run", selector: selectors.BaseSelector, problem: Problem
    ) -> None:
        assert worker.job is not None  # noqa: S101 - it was busy
        framed = Problem(
            problem.rule, problem.message, (Frame(worker.job.name, 0),), help=problem.help
        )
        run.outcomes[worker.index] = Outcome(problems=(framed,))
        self._busy.remove(worker)
        selector.unregister(worker.answers)
        if run.waiting and not self._idle:
            self._idle.append(_start())


@dataclass(slots=True)
class _Run:
    jobs: Sequence[Job]
    setup: Setup
    find: Find
    waiting: deque[int] = field(default_factory=deque)
    outcomes: list[Outcome | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.waiting = deque(range(len(self.jobs)))
        self.outcomes = [None] * len(self.jobs)


_MORE_TIME = "look for a loop without end; `--limit time=SECONDS` allows more"


def _too_much_memory(limits: Limits) -> Problem:
    message = f"rendering takes more than {limits.memory} MiB of memory"
    return Problem("memory-limit", message, help="`--limit memory=MIB` allows more")


def _death(code: int, limits: Limits) -> Problem:
    if code == -getattr(signal, "SIGPROF", 0):
        message = f"rendering takes more than {limits.time:g} seconds of processor time"
        return Problem("time-limit", message, help=_MORE_TIME)
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    return Problem("memory-limit", f"the process that rendered this {how}", help=_LIKELY_MEMORY)


_LIKELY_MEMORY = "most likely it ran out of memory; `--limit memory=MIB` allows more"


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds; 0 where that cannot be told."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_bytes().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        pass
    try:
        shown = subprocess.run(  # noqa: S603 - a fixed command
            ["/bin/ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=False, timeout=1
        )
        return int(shown.stdout) * 1024
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _read_outcome(message: Any) -> Outcome:
    return Outcome(
        str(message["body"]),
        tuple(str(value) for value in message["values"]),
        tuple(_read_problem(problem) for problem in message["problems"]),
    )


def _read_problem(problem: Any) -> Problem:
    frames = tuple(Frame(**frame) for frame in problem["frames"])
    return Problem(**{**problem, "frames": frames})


def _start() -> _Worker:
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-I", "-X", "utf8", "-c", _boot(sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        bufsize=-1,
    )
    return _Worker(process)


def _boot(paths: Iterable[str]) -> str:
    """Return the code that a worker starts with: it finds this package, and nothing beside it."""
    package = str(Path(__file__).resolve().parents[1])
    kept = [path for path in paths if path.endswith(("site-packages", "dist-packages"))]
    found = [package, *(path for path in kept if path != package)]
    return (
        f"import sys; sys.path += {found!r}; from agentgen.environment.worker import main; main()"
    )


def _environment() -> dict[str, str]:
    # Windows starts no process without this one.
    kept = ("SYSTEMROOT",)
    return {name: os.environ[name] for name in kept if name in os.environ}
