"""Workers that remember: a job whose template, data and includes are what they were is not done."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from agentgen.outcome import Job, Outcome, Setup
from agentgen.queueing import Find
from agentgen.templates import template_of
from agentgen.workers import Outcomes, Workers

MOST_SETUPS = 6
"""Remembered at once: rendering and linting for a few targets."""

Template = tuple[str, str] | None
"""The full name and the text that an include led to, if it led anywhere."""


class _Memory:
    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.outcomes: dict[tuple[str, str, str], tuple[Job, Outcome]] = {}


class RememberingWorkers(Workers):
    """Workers for a process that renders the same agents again and again.

    What an outcome depends on is the job, its setup, and each text that an include led to, directly
    or through other texts. All of them are compared. `performed` counts the jobs that were done.
    """

    def __init__(self, most: int | None = None, **options: Any) -> None:
        super().__init__(most, **options)
        self._memories: list[_Memory] = []
        self._includes: defaultdict[str, dict[str, Template]] = defaultdict(dict)
        self._for_parsing: RememberingWorkers | None = None
        self.performed = 0

    def end(self) -> None:
        """End all of them, also those for parsing."""
        if self._for_parsing is not None:
            self._for_parsing.end()
        super().end()

    def dismiss(self) -> None:
        """Keep them: the next run is to come."""

    def for_parsing(self) -> AbstractContextManager[Workers]:
        """Return other workers, that parse what these have rendered and remember it as well."""
        if self._for_parsing is None:
            self._for_parsing = RememberingWorkers()
        return nullcontext(self._for_parsing)

    def stream(self, jobs: Iterable[Job], _count: int, setup: Setup, find: Find) -> Outcomes:
        """Yield the outcome of each job, first those that could not differ; do only the others."""
        self._forget(self._changed(find))
        memory = self._memory(setup)
        todo: list[tuple[int, Job]] = []
        for number, job in enumerate(jobs):
            known, outcome = memory.outcomes.get(_key(job), (None, None))
            if outcome is not None and known == job:
                yield number, outcome
            else:
                todo.append((number, job))

        def finding(name: str, parent: str) -> Template:
            found = find(name, parent)
            self._includes[template_of(parent)][name] = found
            return found

        if todo:
            done = super().stream((job for _, job in todo), len(todo), setup, finding)
            for place, outcome in done:
                number, job = todo[place]
                memory.outcomes[_key(job)] = job, outcome
                self.performed += 1
                yield number, outcome
            self.keep_spare()

    def _memory(self, setup: Setup) -> _Memory:
        for memory in self._memories:
            if memory.setup == setup:
                return memory
        self._memories = [_Memory(setup), *self._memories[: MOST_SETUPS - 1]]
        return self._memories[0]

    def _changed(self, find: Find) -> set[str]:
        """Return the templates in which an include now leads to something else."""
        return {
            parent
            for parent, includes in self._includes.items()
            if any(find(name, parent) != found for name, found in includes.items())
        }

    def _forget(self, changed: set[str]) -> None:
        """Forget what was rendered with these templates, and the workers that have read them."""
        if not changed:
            return
        reached = set(changed)
        while more := {
            parent
            for parent, includes in self._includes.items()
            if parent not in reached
            and any(found and found[0] in reached for found in includes.values())
        }:
            reached |= more
        for parent in changed:
            del self._includes[parent]
        for memory in self._memories:
            for key in [key for key in memory.outcomes if key[0] in reached]:
                del memory.outcomes[key]
        self.discard()


def _key(job: Job) -> tuple[str, str, str]:
    return job.name, job.target, job.task
