"""Rendering happens in processes of its own, with limits: a template can end only its worker.

Nothing here waits for a single worker: what it sends is read as it comes, what it is sent is
written as it takes it, and its deadline holds all the while. What it says is checked, because the
template that it renders may have taken it over.

A library for process pools was looked for. Those of the standard library cannot end one worker;
Pebble can, but speaks pickle with its workers and gives them this process's environment.
"""

import contextlib
import os
import selectors
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self, cast

from agentgen import ahead
from agentgen.answers import LONGEST_NAME, MEBIBYTE, BrokenWorker, read_outcome
from agentgen.frozen import asdict, replace
from agentgen.outcome import Frame, Job, Limits, Outcome, Problem, Setup
from agentgen.wire import Inbox, message_bytes

if TYPE_CHECKING:
    import subprocess

JOBS_PER_WORKER = 24
"""A further worker is started for so many jobs: fewer are done before it would be ready."""

WALL_CLOCK_FACTOR = 10
"""A job may take so many times its processor time by the clock, for machines that are busy."""

SHORTEST_WALL_CLOCK = 5.0
"""Seconds, for a worker that has yet to start."""

LONGEST_PATIENCE = 3600.0
"""Seconds between two looks at the clock."""

WATCH_SECONDS = 0.01
"""How often memory is looked at where the system does not limit it."""

MOST_SOUGHT = 10_000
"""Includes that one job may ask for."""

LIMITS_MEMORY = sys.platform == "linux"
"""Whether the system itself holds a process to its memory limit."""

Find = Callable[[str, str], tuple[str, str] | None]
"""Takes the name in an include and the including template's name; returns full name and text."""

OnProgress = Callable[[int, int], None]
"""Is told how many jobs are done, and of how many."""

Outcomes = Iterator[tuple[int, Outcome]]
"""Outcomes as they come, each with the number of its job, from 0."""

_MORE_TIME = "look for a loop without end; `--limit time=SECONDS` allows more"
_MORE_MEMORY = "look for what is multiplied, or grows in a loop; `--limit memory=MIB` allows more"


class WorkerBug(Exception):
    """A worker raised something that no template can be blamed for; carries its traceback."""


class _Worker:
    def __init__(self, process: "subprocess.Popen[bytes] | ahead.Started") -> None:
        self.process = process
        self.setup: Setup | None = None
        self.index = -1
        self.job: Job | None = None
        self.deadline = 0.0
        self.sought = 0
        self.inbox = Inbox()
        self.outbox = bytearray()

    @property
    def requests(self) -> BinaryIO:
        return cast("BinaryIO", self.process.stdin)

    @property
    def answers(self) -> BinaryIO:
        return cast("BinaryIO", self.process.stdout)

    def write(self) -> None:
        """Send as much as the worker takes at the moment."""
        try:
            sent = os.write(self.requests.fileno(), self.outbox[: 256 * 1024])
        except BlockingIOError:
            return
        except OSError:  # it is gone, and will be found not to answer
            sent = len(self.outbox)
        del self.outbox[:sent]

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

    def __init__(
        self,
        most: int | None = None,
        *,
        watch_memory: bool = not LIMITS_MEMORY,
        on_progress: OnProgress = lambda _done, _all: None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """Start the first worker; `meanwhile` is called when it has its first job."""
        self._on_progress = on_progress
        self._meanwhile = meanwhile
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
        self.end()

    def end(self) -> None:
        """End all of them, whatever they are doing."""
        for worker in (*self._idle, *self._busy):
            worker.kill()
        self._idle.clear()
        self._busy.clear()

    def for_parsing(self) -> "contextlib.AbstractContextManager[Workers]":
        """Return other workers, that parse what these have rendered and see no template."""
        return Workers()

    def discard(self) -> None:
        """End the workers that have read templates; those that have yet to begin stay."""
        for worker in [each for each in self._idle if each.setup is not None]:
            self._idle.remove(worker)
            worker.kill()

    def keep_spare(self) -> None:
        """Have a worker ready that no run has set up: the next one will not wait for its start."""
        if all(worker.setup is not None for worker in self._idle):
            self._idle.append(_start())

    def perform(self, jobs: Sequence[Job], setup: Setup, find: Find) -> list[Outcome]:
        """Return the outcome of each job, in their order."""
        outcomes = dict(self.stream(jobs, len(jobs), setup, find))
        return [outcomes[number] for number in range(len(jobs))]

    def stream(self, jobs: Iterable[Job], count: int, setup: Setup, find: Find) -> Outcomes:
        """Yield the outcome of each of `count` jobs as it comes; jobs are asked for one by one.

        Workers that were set up for another run are replaced, because what a worker has given up it
        cannot get back; but where only the project schema is another one, they stay, with the
        templates that they have compiled.
        """
        run = _Run(jobs, count, setup, find)
        for worker in [each for each in self._idle if not _fits(each.setup, setup)]:
            self._idle.remove(worker)
            worker.kill()
        wanted = min(self._most, 1 + count // JOBS_PER_WORKER)
        while len(self._idle) < max(wanted, 1):
            self._idle.append(_start())
        with selectors.DefaultSelector() as selector:
            try:
                yield from self._outcomes(run, selector)
            finally:  # whoever asked may not want the rest
                for worker in self._busy:
                    worker.kill()
                self._busy.clear()

    def _outcomes(self, run: "_Run", selector: selectors.BaseSelector) -> Outcomes:
        self._assign_all(run, selector)
        self._meanwhile()
        while self._busy:
            for key, events in selector.select(self._patience()):
                self._serve(key.data, events, run, selector)
            self._enforce(run, selector)
            self._assign_all(run, selector)  # first: who takes the outcomes may take their time
            self._on_progress(run.done, run.count)
            yield from run.outcomes
            run.outcomes.clear()

    def _assign_all(self, run: "_Run", selector: selectors.BaseSelector) -> None:
        while run.assigned < run.count and self._idle:
            self._assign(run, selector)

    def _assign(self, run: "_Run", selector: selectors.BaseSelector) -> None:
        worker = self._idle.popleft()
        worker.index, worker.job = run.assigned, next(run.jobs)
        run.assigned += 1
        worker.sought = 0
        seconds = max(run.setup.limits.time * WALL_CLOCK_FACTOR, SHORTEST_WALL_CLOCK)
        worker.deadline = time.monotonic() + seconds
        self._busy.append(worker)
        if worker.answers not in selector.get_map():
            selector.register(worker.answers, selectors.EVENT_READ, worker)
        if worker.setup is None:
            worker.setup = run.setup
            worker.outbox += run.setup_message
        elif worker.setup is not run.setup:
            worker.setup = run.setup
            worker.outbox += run.data_message
        self._send(worker, asdict(worker.job), selector)

    def _send(self, worker: _Worker, message: object, selector: selectors.BaseSelector) -> None:
        worker.outbox += message if isinstance(message, bytes) else message_bytes(message)
        worker.write()
        if worker.outbox and worker.requests not in selector.get_map():
            selector.register(worker.requests, selectors.EVENT_WRITE, worker)

    def _serve(
        self, worker: _Worker, events: int, run: "_Run", selector: selectors.BaseSelector
    ) -> None:
        if worker not in self._busy:  # it was ended by an earlier event of this round, or by itself
            _forget(worker, selector)
            return
        if events & selectors.EVENT_WRITE:
            worker.write()
            if not worker.outbox:
                selector.unregister(worker.requests)
            return
        try:
            ended = worker.inbox.read(worker.answers.fileno())
            for message in worker.inbox.messages():
                self._listen(worker, message, run, selector)
        except (BrokenWorker, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            worker.kill()
            problem = Problem("failing-template", "the process that rendered this made no sense")
            self._replace(worker, run, selector, problem)
            return
        if ended and worker in self._busy:
            self._replace(worker, run, selector, _death(worker.kill(), run.setup.limits))

    def _listen(
        self, worker: _Worker, message: Any, run: "_Run", selector: selectors.BaseSelector
    ) -> None:
        if not isinstance(message, dict):
            raise BrokenWorker
        if "find" in message:
            name, parent = message["find"]
            worker.sought += 1
            if worker.sought > MOST_SOUGHT or len(name) > LONGEST_NAME:
                raise BrokenWorker
            self._send(worker, run.find(name, parent), selector)
        elif "bug" in message:
            raise WorkerBug(str(message["bug"]))
        else:
            self._finish(worker, read_outcome(message, run.setup.limits), run, selector)

    def _finish(
        self, worker: _Worker, outcome: Outcome, run: "_Run", selector: selectors.BaseSelector
    ) -> None:
        run.take(worker.index, outcome)
        self._busy.remove(worker)
        if any(problem.rule == "memory-limit" for problem in outcome.problems):
            _forget(worker, selector)
            worker.kill()  # it ends by itself as well: what it has left is not worth a job
        else:
            self._idle.appendleft(worker)  # it has its imports and its templates at hand
        if run.assigned < run.count and not self._idle:
            self._idle.append(_start())

    def _patience(self) -> float:
        if self._watch_memory:
            return WATCH_SECONDS
        left = min(worker.deadline for worker in self._busy) - time.monotonic()
        return min(max(left, 0.0), LONGEST_PATIENCE)

    def _enforce(self, run: "_Run", selector: selectors.BaseSelector) -> None:
        """End the workers that are past their deadline, or hold too much memory."""
        limits = run.setup.limits
        most = limits.memory * MEBIBYTE
        for worker in list(self._busy):
            if time.monotonic() >= worker.deadline:
                message = "rendering was not done in time, though it hardly used the processor"
                problem = Problem("time-limit", message, help=_MORE_TIME)
            elif self._watch_memory and resident_bytes(worker.process.pid) > most:
                message = f"rendering takes more than {limits.memory} MiB of memory"
                problem = Problem("memory-limit", message, help=_MORE_MEMORY)
            else:
                continue
            worker.kill()
            self._replace(worker, run, selector, problem)

    def _replace(
        self, worker: _Worker, run: "_Run", selector: selectors.BaseSelector, problem: Problem
    ) -> None:
        name = worker.job.name if worker.job else ""
        framed = Problem(problem.rule, problem.message, (Frame(name, 0),), help=problem.help)
        run.take(worker.index, Outcome(problems=(framed,)))
        self._busy.remove(worker)
        _forget(worker, selector)
        if run.assigned < run.count and not self._idle:
            self._idle.append(_start())


class _Run:
    def __init__(self, jobs: Iterable[Job], count: int, setup: Setup, find: Find) -> None:
        self.jobs = iter(jobs)
        self.count = count
        self.setup = setup
        self.find = find
        self.setup_message = message_bytes(asdict(setup))
        self.assigned = 0
        self.done = 0
        self.outcomes: list[tuple[int, Outcome]] = []

    @cached_property
    def data_message(self) -> bytes:
        """What another setup changes for a worker that stays."""
        return message_bytes({"schema": self.setup.schema, "shapes": self.setup.shapes})

    def take(self, index: int, outcome: Outcome) -> None:
        self.outcomes.append((index, outcome))
        self.done += 1


def _forget(worker: _Worker, selector: selectors.BaseSelector) -> None:
    """Look no more at the streams of a worker."""
    for stream in (worker.answers, worker.requests):
        with contextlib.suppress(KeyError, ValueError):
            selector.unregister(stream)


def _fits(setup: Setup | None, wanted: Setup) -> bool:
    """Say whether a worker with this setup can work with the one that is wanted."""
    if setup is None or setup is wanted:
        return True
    if wanted.shapes and not setup.shapes:
        return False  # it has not loaded the static check, and can open nothing any more
    return replace(setup, schema={}, shapes={}) == replace(wanted, schema={}, shapes={})


def _death(code: int, limits: Limits) -> Problem:
    import signal  # few workers die

    if code == -getattr(signal, "SIGPROF", 0):
        message = f"rendering takes more than {limits.time:g} seconds of processor time"
        return Problem("time-limit", message, help=_MORE_TIME)
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    help = f"most likely it ran out of memory; {_MORE_MEMORY}"
    return Problem("memory-limit", f"the process that rendered this {how}", help=help)


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds; 0 where that cannot be told."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_bytes().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        pass
    import subprocess

    try:
        shown = subprocess.run(  # noqa: S603 - a fixed command
            ["/bin/ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=False, timeout=1
        )
        return int(shown.stdout) * 1024
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _start() -> _Worker:
    worker = _Worker(ahead.take() or _open())
    for stream in (worker.requests, worker.answers):
        os.set_blocking(stream.fileno(), False)
    return worker


def _open() -> "subprocess.Popen[bytes]":
    import subprocess  # the first worker is started without it

    return subprocess.Popen(  # noqa: S603 - our own interpreter
        ahead.command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ahead.environment(),
        bufsize=0,
    )
