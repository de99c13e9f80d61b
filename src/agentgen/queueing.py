"""The jobs of one run: which are left, which are done, and when all workers have enough to do."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import cached_property

from agentgen.frozen import asdict
from agentgen.outcome import Job, Outcome, Setup
from agentgen.wire import message_bytes
from agentgen.worker_process import WorkerProcess

AHEAD = 16
"""Jobs that a worker is given at a time. One that has to wait for the next one goes cold: caches
are somebody else's, and a template takes a third longer."""

LONGEST_NAP = 0.03
"""Seconds for which this process lets its workers work, when all have much to do."""

EAGER_ROUNDS = 16
"""So often it does not, after a worker has had to wait for it."""

LARGE = 16 * 1024
"""Characters of an outcome; a pipe holds few of those, and then its worker waits."""

WALL_CLOCK_FACTOR = 10
"""A job may take so many times its processor time by the clock, for machines that are busy."""

SHORTEST_WALL_CLOCK = 5.0
"""Seconds, for a worker that has yet to start."""

Find = Callable[[str, str], tuple[str, str] | None]
"""Takes the name in an include and the including template's name; returns full name and text."""


class Queue:
    """The jobs of a run, which are asked for one by one; `outcomes` are those yet to be taken."""

    def __init__(self, jobs: Iterable[Job], count: int, setup: Setup, find: Find) -> None:
        self._jobs = enumerate(jobs)
        self.count = count
        self.setup = setup
        self.find = find
        self.setup_message = message_bytes(asdict(setup))
        self.again: deque[tuple[int, Job]] = deque()
        self.assigned = 0
        self.done = 0
        self.eager = 0
        self.since = time.monotonic()
        self.outcomes: list[tuple[int, Outcome]] = []

    @cached_property
    def data_message(self) -> bytes:
        """What another setup changes for a worker that stays."""
        return message_bytes({"schema": self.setup.schema, "shapes": self.setup.shapes})

    @property
    def left(self) -> int:
        """How many jobs no worker has."""
        return self.count - self.assigned + len(self.again)

    def next(self) -> tuple[int, Job]:
        """Return a job that no worker has, with its number."""
        if self.again:
            return self.again.popleft()
        self.assigned += 1
        return next(self._jobs)

    def begin(self, worker: WorkerProcess) -> None:
        """Note that a worker begins with the first job that it has."""
        worker.sought = 0
        seconds = max(self.setup.limits.time * WALL_CLOCK_FACTOR, SHORTEST_WALL_CLOCK)
        worker.deadline = time.monotonic() + seconds

    def take(self, worker: WorkerProcess, outcome: Outcome) -> None:
        """Note what has become of a worker's first job."""
        number, _ = worker.queue.popleft()
        self.outcomes.append((number, outcome))
        self.done += 1
        if len(outcome.body) > LARGE:
            self.eager = EAGER_ROUNDS

    def nap(self, workers: int) -> float:
        """Return for how many seconds so many workers have enough to do."""
        self.eager -= 1
        if self.eager >= 0 or self.left < workers * AHEAD or not self.done:
            return 0.0
        a_job = (time.monotonic() - self.since) * workers / self.done
        return min(LONGEST_NAP, a_job * AHEAD / 2)
