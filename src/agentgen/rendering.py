"""Project × target → artifacts. Pure: it takes values and gives values, and opens no file."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from agentgen import jobs
from agentgen.diagnostics import AgentgenError, Diagnostic, has_errors, ordered
from agentgen.frozen import Frozen, field
from agentgen.loader import Loaded
from agentgen.model import Agent, Artifact, Document, Prompt
from agentgen.outcome import Outcome, Task
from agentgen.paths import Exists, exists
from agentgen.selection import clashes
from agentgen.targets.target import Target
from agentgen.templates import template_of
from agentgen.workers import Workers

if TYPE_CHECKING:
    from agentgen.making import Making

Sought = Mapping[tuple[str, str], str | None]
"""What includes led to: by their names, and those of the templates that they stand in."""


class Rendered(Frozen):
    """Artifacts sorted by path, and what there is to say about the sources that they are from.

    `sought` holds the name in each include, with the template that it stands in, and the full name
    of the template that it led to, if it led anywhere.
    """

    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    sought: Sought = field(default_factory=dict, repr=False)


def render_loaded(
    loaded: Loaded, target: Target, workers: Workers, exists: Exists = exists
) -> Rendered:
    """Render the agents that were asked for, and the prompts that they lead to; or all prompts.

    Returns warnings about the project and its files as well. Raises `AgentgenError` with every
    problem of every file and every template.
    """
    return render_targets(loaded, (target,), workers, exists)


def render_targets(
    loaded: Loaded, targets: Sequence[Target], workers: Workers, exists: Exists = exists
) -> Rendered:
    """Render for several targets; what is wrong for any of them is raised for all at once."""
    each = [try_to_render(loaded, target, workers, Task.RENDER, exists) for target in targets]
    diagnostics = ordered(found for rendered in each for found in rendered.diagnostics)
    if has_errors(diagnostics):
        raise AgentgenError(diagnostics)
    from agentgen.targets.whole import read_twice

    artifacts = tuple(found for rendered in each for found in rendered.artifacts)
    sought = {key: full for rendered in each for key, full in rendered.sought.items()}
    return Rendered(artifacts, ordered([*read_twice(targets), *diagnostics]), sought)


def try_to_render(
    loaded: Loaded, target: Target, workers: Workers, task: Task, exists: Exists = exists
) -> Rendered:
    """Render all that can be rendered; errors are among the diagnostics that are returned."""
    run = _Run(loaded, target, workers, task, exists)
    todo: list[Agent | Prompt] = [agent for agent in run.wanted() if target.takes(agent)]
    todo += loaded.project.prompts if loaded.everything else loaded.prompts
    while todo:
        run.render(todo)
        todo = run.newly_linked()
    from agentgen.targets.whole import gathered, same_slugs

    made = run.making.artifacts
    run.diagnostics += clashes(run.rendered.values())
    run.diagnostics += same_slugs(target, run.making.agents)
    artifacts = tuple(sorted(gathered(target, made), key=lambda each: each.path.as_posix()))
    return Rendered(artifacts, tuple(dict.fromkeys(run.diagnostics)), run.sought)


class _Run:
    def __init__(
        self, loaded: Loaded, target: Target, workers: Workers, task: Task, exists: Exists
    ) -> None:
        self.loaded = loaded
        self.project = project = loaded.project
        self.target = target
        self.workers = workers
        self.exists = exists
        self.task = task if loaded.has_schema else Task.COMPILE
        self.documents = project.documents
        self.rendered: dict[str, Document] = {}
        self.sought: dict[tuple[str, str], str | None] = {}
        self.diagnostics: list[Diagnostic] = [*loaded.problems, *loaded.diagnostics]
        self.diagnostics += (each for partial in project.partials for each in partial.diagnostics)
        self.setup = jobs.setup(project, self.documents, with_shapes=self.task is Task.LINT)

    @cached_property
    def making(self) -> "Making":
        """What makes artifacts; it loads while the first templates are rendered."""
        from agentgen.making import Making

        return Making(self.loaded, self.target, self.documents, self.exists)

    def wanted(self) -> tuple[Agent, ...]:
        """Return the agents that were asked for, or all of them where they share a file."""
        if self.loaded.everything or not self.target.is_one_file:
            return self.loaded.selected
        unread = self.project.failures
        self.diagnostics += (each for failure in unread for each in failure.diagnostics)
        return self.loaded.enabled

    def render(self, items: Sequence[Agent | Prompt]) -> None:
        """Render agents and prompts, and keep the artifacts, or what is wrong."""
        todo = (jobs.job(self.project, item, self.target.name, self.task) for item in items)
        with_problems: dict[int, Outcome] = {}
        for number, outcome in self.workers.stream(todo, len(items), self.setup, self.find):
            if outcome.problems:
                with_problems[number] = outcome
            elif self.task is not Task.COMPILE:
                self.making.take(number, items[number], outcome)
        for number, item in enumerate(items):
            self.rendered[str(item.document.name)] = item.document
            self.diagnostics += self.making.about(item)
            if number in with_problems:
                self.diagnostics += self.problems(number, item, with_problems[number])
        if self.making.too_much is not None:
            raise AgentgenError([*self.diagnostics, self.making.too_much])
        self.diagnostics += self.making.finish(self.workers, self.setup)

    def problems(self, number: int, item: Agent | Prompt, outcome: Outcome) -> Iterator[Diagnostic]:
        """Yield what is wrong with an item; what is not too bad for it becomes an artifact."""
        for problem in outcome.problems:
            yield from self.making.reported(problem, item)
        # The static check finds problems that rendering has not met.
        if outcome.body and self.task is not Task.COMPILE:
            self.making.take(number, item, outcome)

    def newly_linked(self) -> list[Agent | Prompt]:
        """Return the prompts that links lead to and that are not rendered yet."""
        linked = sorted(self.making.linked.items())
        self.making.linked.clear()
        return [prompt for name, prompt in linked if name not in self.rendered]

    def find(self, name: str, parent: str) -> tuple[str, str] | None:
        found = jobs.find(self.documents, name, parent)
        self.sought[name, template_of(parent)] = found and found[0]
        return found
