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
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from agentgen.answers import LONGEST_NAME, MEBIBYTE, BrokenWorker, read_outcome
from agentgen.frozen import asdict, replace
from agentgen.outcome import Frame, Job, Limits, Outcome, Problem, Setup
from agentgen.queueing import AHEAD, EAGER_ROUNDS, Find, Queue
from agentgen.wire import message_bytes
from agentgen.worker_process import (
    LIMITS_MEMORY,
    MORE_MEMORY,
    MORE_TIME,
    WorkerProcess,
    death,
    resident_bytes,
    start,
)

JOBS_PER_WORKER = 24
"""A further worker is started for so many jobs: fewer are done before it would be ready."""

LONGEST_PATIENCE = 3600.0
"""Seconds between two looks at the clock."""

WATCH_SECONDS = 0.01
"""How often memory is looked at where the system does not limit it."""

MOST_SOUGHT = 10_000
"""Includes that one job may ask for."""

OnProgress = Callable[[int, int], None]
"""Is told how many jobs are done, and of how many."""

Outcomes = Iterator[tuple[int, Outcome]]
"""Outcomes as they come, each with the number of its job, from 0."""


class WorkerBug(Exception):
    """A worker raised something that no template can be blamed for; carries its traceback."""


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
        self._idle: deque[WorkerProcess] = deque([start()])
        self._busy: list[WorkerProcess] = []

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

    def dismiss(self) -> None:
        """Give them nothing more to do: they end while this process goes on, and `end` waits."""
        for worker in (*self._idle, *self._busy):
            worker.process.kill()

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
            self._idle.append(start())

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
        run = Queue(jobs, count, setup, find)
        for worker in [each for each in self._idle if not _fits(each.setup, setup)]:
            self._idle.remove(worker)
            worker.kill()
        wanted = min(self._most, 1 + count // JOBS_PER_WORKER)
        while len(self._idle) < max(wanted, 1):
            self._idle.append(start())
        with selectors.DefaultSelector() as selector:
            try:
                yield from self._outcomes(run, selector)
            finally:  # whoever asked may not want the rest
                for worker in self._busy:
                    worker.kill()
                self._busy.clear()

    def _outcomes(self, run: Queue, selector: selectors.BaseSelector) -> Outcomes:
        self._assign_all(run, selector)
        self._meanwhile()
        while self._busy:
            for key, events in selector.select(self._patience()):
                self._serve(key.data, events, run, selector)
            self._enforce(run.setup.limits)
            self._assign_all(run, selector)  # first: who takes the outcomes may take their time
            self._on_progress(run.done, run.count)
            yield from run.outcomes
            run.outcomes.clear()
            if not self._watch_memory:
                time.sleep(run.nap(len(self._busy)))

    def _assign_all(self, run: Queue, selector: selectors.BaseSelector) -> None:
        while run.left and self._idle:
            worker = self._idle.popleft()
            self._busy.append(worker)
            run.begin(worker)
            self._assign(worker, run, selector)
        for worker in self._busy:
            while run.left and len(worker.queue) < min(AHEAD, run.left // len(self._busy)):
                self._assign(worker, run, selector)

    def _assign(self, worker: WorkerProcess, run: Queue, selector: selectors.BaseSelector) -> None:
        worker.queue.append(run.next())
        if worker.answers not in selector.get_map():
            selector.register(worker.answers, selectors.EVENT_READ, worker)
        if worker.setup is None:
            worker.setup = run.setup
            worker.outbox += run.setup_message
        elif worker.setup is not run.setup:
            worker.setup = run.setup
            worker.outbox += run.data_message
        self._send(worker, asdict(worker.queue[-1][1]), selector)

    def _send(
        self, worker: WorkerProcess, message: object, selector: selectors.BaseSelector
    ) -> None:
        worker.outbox += message if isinstance(message, bytes) else message_bytes(message)
        worker.write()
        if worker.outbox and worker.requests not in selector.get_map():
            selector.register(worker.requests, selectors.EVENT_WRITE, worker)

    def _serve(
        self, worker: WorkerProcess, events: int, run: Queue, selector: selectors.BaseSelector
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
            self._bury(worker, run, selector, problem)
            return
        if ended and worker in self._busy:
            how = death(worker.kill(), run.setup.limits)
            number, problem = worker.doom or (worker.queue[0][0], how)
            # What it was ended for may have been done before it ended; then nothing is to blame.
            is_to_blame = number == worker.queue[0][0]
            self._bury(worker, run, selector, problem if is_to_blame else None)

    def _listen(
        self, worker: WorkerProcess, message: Any, run: Queue, selector: selectors.BaseSelector
    ) -> None:
        if not isinstance(message, dict) or not worker.queue:
            raise BrokenWorker
        if "find" in message:
            name, parent = message["find"]
            worker.sought += 1
            if worker.sought > MOST_SOUGHT or len(name) > LONGEST_NAME:
                raise BrokenWorker
            run.eager = EAGER_ROUNDS
            self._send(worker, run.find(name, parent), selector)
        elif "bug" in message:
            raise WorkerBug(str(message["bug"]))
        else:
            self._finish(worker, read_outcome(message, run.setup.limits), run, selector)

    def _finish(
        self, worker: WorkerProcess, outcome: Outcome, run: Queue, selector: selectors.BaseSelector
    ) -> None:
        run.take(worker, outcome)
        if any(problem.rule == "memory-limit" for problem in outcome.problems):
            worker.kill()  # it ends by itself as well: what it has left is not worth a job
            self._bury(worker, run, selector)
        elif worker.queue:
            run.begin(worker)
        else:
            self._busy.remove(worker)
            self._idle.appendleft(worker)  # it has its imports and its templates at hand

    def _patience(self) -> float:
        if self._watch_memory:
            return WATCH_SECONDS
        left = min(worker.deadline for worker in self._busy) - time.monotonic()
        return min(max(left, 0.0), LONGEST_PATIENCE)

    def _enforce(self, limits: Limits) -> None:
        """End the workers that are past their deadline, or hold too much memory."""
        most = limits.memory * MEBIBYTE
        for worker in list(self._busy):
            if worker.doom is not None:
                continue
            if time.monotonic() >= worker.deadline:
                message = "rendering was not done in time, though it hardly used the processor"
                problem = Problem("time-limit", message, help=MORE_TIME)
            elif self._watch_memory and resident_bytes(worker.process.pid) > most:
                message = f"rendering takes more than {limits.memory} MiB of memory"
                problem = Problem("memory-limit", message, help=MORE_MEMORY)
            else:
                continue
            worker.doom, worker.deadline = (worker.queue[0][0], problem), float("inf")
            worker.process.kill()  # what it has said until now will be read

    def _bury(
        self,
        worker: WorkerProcess,
        run: Queue,
        selector: selectors.BaseSelector,
        problem: Problem | None = None,
    ) -> None:
        """Let others do what a worker that has ended has left; its first job has a problem."""
        if problem is not None and worker.queue:
            name = worker.queue[0][1].name
            framed = Problem(problem.rule, problem.message, (Frame(name, 0),), help=problem.help)
            run.take(worker, Outcome(problems=(framed,)))
        run.again.extendleft(reversed(worker.queue))
        worker.queue.clear()
        (self._busy if worker in self._busy else self._idle).remove(worker)
        _forget(worker, selector)
        if run.left and not self._idle:
            self._idle.append(start())


def _forget(worker: WorkerProcess, selector: selectors.BaseSelector) -> None:
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
