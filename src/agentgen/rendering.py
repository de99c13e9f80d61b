"""Project × target → artifacts. Pure: it takes values and gives values, and opens no file."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path, PurePosixPath

from agentgen import jobs, links
from agentgen.braces import LiteralBraces
from agentgen.diagnostics import (
    AgentgenError,
    Diagnostic,
    Location,
    Severity,
    did_you_mean,
    has_errors,
    ordered,
    quoted,
)
from agentgen.failures import as_diagnostic
from agentgen.frozen import Frozen, field, replace
from agentgen.hidden import hidden_characters, hidden_places
from agentgen.loader import Loaded
from agentgen.model import Agent, Artifact, Document, Prompt
from agentgen.outcome import Job, Outcome, Problem, Task
from agentgen.paths import exists
from agentgen.patterns import pattern
from agentgen.selection import clashes
from agentgen.source.nodes import scalars
from agentgen.targets import TARGETS, Target, overrides
from agentgen.targets.translation import translate
from agentgen.targets.whole import gathered, read_twice, same_slugs
from agentgen.templates import FOLDERS, template_of
from agentgen.workers import Workers

MOST_RENDERED = 256 * 1024 * 1024
"""Characters in all artifacts of a run."""

MOST_BROKEN_LINKS = 50
"""Reported for one document; whoever generates them by the thousand is told enough."""

MOST_GUESSES = 20
"""Names that are compared with all others, in a run."""

_INCLUDING = pattern(r"\{%[-+]?\s*(?:include|import|from|extends)\b")

_OF_BRACES = ("invalid-template", "undefined-variable")
"""What literal braces are to Jinja2."""

_FOLDERS = ", ".join(f"{folder}/" for folder in FOLDERS)

Exists = Callable[[Path], bool]
"""Says whether a relative link that leads to no agent and no prompt leads to a file."""

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
    run.diagnostics += clashes(run.rendered.values())
    run.diagnostics += same_slugs(target, run.agents)
    artifacts = tuple(
        sorted(gathered(target, run.artifacts), key=lambda each: each.path.as_posix())
    )
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
        self.partials = {document.path for document in project.partials}
        self.unread = {each.path: each.diagnostics for each in project.failures}
        items: tuple[Agent | Prompt, ...] = (*project.agents, *project.prompts)
        self.items = {item.document.path: item for item in items}
        self.rendered: dict[str, Document] = {}
        self.artifacts: list[Artifact] = []
        self.sought: dict[tuple[str, str], str | None] = {}
        self.total = 0
        self.suggested = 0
        self.linked: dict[str, Prompt] = {}
        self.agents: list[Agent] = []
        self.additions = loaded.settings.tools_for(target.name)
        self.diagnostics: list[Diagnostic] = [*loaded.problems, *loaded.diagnostics]
        self.diagnostics += (each for partial in project.partials for each in partial.diagnostics)
        self.setup = jobs.setup(project, self.documents, with_shapes=self.task is Task.LINT)

    def wanted(self) -> tuple[Agent, ...]:
        """Return the agents that were asked for, or all of them where they share a file."""
        if self.loaded.everything or not self.target.is_one_file:
            return self.loaded.selected
        self.diagnostics += (each for part in self.unread.values() for each in part)
        return self.loaded.enabled

    def render(self, items: Sequence[Agent | Prompt]) -> None:
        """Render agents and prompts, and keep the artifacts, or what is wrong."""
        todo = [self.job(item) for item in items]
        outcomes = self.workers.perform(todo, self.setup, self.find)
        bodies: list[tuple[Agent | Prompt, Outcome]] = []
        for item, outcome in zip(items, outcomes, strict=True):
            self.rendered[str(item.document.name)] = item.document
            self.diagnostics += self.about(item)
            for problem in outcome.problems:
                self.diagnostics += self.reported(problem, item)
            if self.task is not Task.COMPILE and not _failed(outcome):
                self.total += len(outcome.body) + sum(map(len, outcome.values))
                bodies.append((item, outcome))
        if self.total > MOST_RENDERED:
            message = f"all agents together render to more than {MOST_RENDERED // 1024**2} MiB"
            raise AgentgenError([*self.diagnostics, Diagnostic("output-limit", message)])
        self.artifacts += self.with_links(bodies)

    def with_links(self, bodies: list[tuple[Agent | Prompt, Outcome]]) -> Iterator[Artifact]:
        """Yield the artifacts; a worker finds the links of those in which one must change."""
        odd: list[tuple[Agent | Prompt, Outcome, str]] = []
        for item, outcome in bodies:
            body = outcome.body.replace("\r\n", "\n").replace("\r", "\n")
            if links.are_fine(body, partial(self.destination, item)):
                yield self.artifact(item, outcome, body)
            else:
                odd.append((item, outcome, body))
        if not odd:
            return
        setup = replace(self.setup, schema={}, shapes={}, links=True)
        todo = [Job(str(item.document.name), body, "", task=Task.LINKS) for item, _, body in odd]
        with self.workers.for_parsing() as workers:
            found = workers.perform(todo, setup, self.find)
        for (item, outcome, body), spans in zip(odd, found, strict=True):
            for problem in spans.problems:
                self.diagnostics += self.reported(problem, item)
            yield self.artifact(item, outcome, self.relinked(item, body, spans.links))

    def about(self, item: Agent | Prompt) -> Iterator[Diagnostic]:
        """Yield what there is to say about a file, less what the target has more to say about."""
        native = self.target.native
        is_required = native is not None and "description" in native.required
        yield from overrides.unknown_targets(item, TARGETS)
        for each in item.document.diagnostics:
            if not (is_required and each.rule == "missing-description"):
                yield each
        if isinstance(item, Agent):
            self.agents.append(item)

    def newly_linked(self) -> list[Agent | Prompt]:
        """Return the prompts that links lead to and that are not rendered yet."""
        new: list[Agent | Prompt] = [
            prompt for name, prompt in self.linked.items() if name not in self.rendered
        ]
        self.linked.clear()
        return new

    def job(self, item: Agent | Prompt) -> Job:
        return jobs.job(self.project, item, self.target.name, self.task)

    def find(self, name: str, parent: str) -> tuple[str, str] | None:
        found = jobs.find(self.documents, name, parent)
        self.sought[name, template_of(parent)] = found and found[0]
        return found

    def artifact(self, item: Agent | Prompt, outcome: Outcome, body: str) -> Artifact:
        values = tuple(zip(item.template_values, outcome.values, strict=True))
        translated = translate(self.target, item, values, _ended(body), self.additions)
        text = _ended(translated.text)
        self.diagnostics += translated.diagnostics
        texts = (body, *_head_texts(item), *outcome.values)
        source, allowed = item.document.source, self.project.allowed
        includes = _INCLUDING.search(source.text)
        elsewhere = (lambda: self.hidden_places) if includes else dict
        self.diagnostics += hidden_characters(source, texts, allowed, elsewhere)
        path = self.target.path(item)
        document = item.document
        return Artifact(
            self.target.name, path, text, document.source.path, origin=str(document.name)
        )

    def reported(self, problem: Problem, item: Agent | Prompt) -> tuple[Diagnostic, ...]:
        if problem.absent is not None:
            for unread in self.project.failures:
                if f"/{unread.name}".endswith(f"/{problem.absent}"):
                    return unread.diagnostics
            names = [part for name in self.documents for part in (name, name.partition("/")[2])]
            self.suggested += 1
            near = did_you_mean(problem.absent, names) if self.suggested <= MOST_GUESSES else None
            problem = replace(problem, help=near or f"it is looked for in {_FOLDERS}")
        found = as_diagnostic(problem, item, self.documents)
        return (self.braces.instead_of(found) if problem.rule in _OF_BRACES else found,)

    def relinked(self, item: Agent | Prompt, body: str, spans: tuple[tuple[int, int], ...]) -> str:
        result = links.rewrite(body, spans, partial(self.destination, item))
        for destination in result.broken[:MOST_BROKEN_LINKS]:
            self.diagnostics.append(self.bad_link(item, destination))
        return result.text

    def bad_link(self, item: Agent | Prompt, destination: str) -> Diagnostic:
        """Return the warning for a link that leads nowhere, or where others have nothing."""
        place = self.link_place(item.document, destination)
        file = _joined(item, links.path_of(destination))
        help = "link to a file of the project, or to an address"
        if file in self.items:
            is_for_it = self.target.takes(self.items[file])
            why = "is disabled" if is_for_it else f"is not for {self.target.name}"
            message = f"the link to {quoted(destination)} leads to an agent that {why}"
            return Diagnostic("broken-link", message, place, Severity.WARNING)
        if links.is_of_a_machine(destination):
            message = f"the link to {quoted(destination)} is a path of one machine"
        elif not file.is_relative_to(self.boundary):
            message = f"the link to {quoted(destination)} leads out of the project"
        else:
            message = f"the link to {quoted(destination)} leads nowhere"
            return Diagnostic("broken-link", message, place, Severity.WARNING)
        return Diagnostic("outside-link", message, place, Severity.WARNING, help=help)

    @cached_property
    def boundary(self) -> Path:
        """The folder that others have as well: the repository, or else the project."""
        folder = Path(os.path.commonpath([self.loaded.found.root, self.project.root]))
        above = (each for each in (folder, *folder.parents) if self.exists(each / ".git"))
        return next(above, folder)

    def link_place(self, document: Document, destination: str) -> Location:
        """Return where a link is written: in the document, or else in the one other that has it."""
        places = self.link_places.get(destination, {})
        start = places.get(str(document.name))
        if start is not None:
            return document.source.at(start, start + len(destination))
        if len(places) != 1:
            return document.source.whole()
        ((name, start),) = places.items()
        return self.documents[name].source.at(start, start + len(destination))

    @cached_property
    def braces(self) -> LiteralBraces:
        """What knows the braces in all documents that a reader is meant to see."""
        return LiteralBraces(self.documents.values())

    @cached_property
    def hidden_places(self) -> dict[str, Location]:
        """Where each hidden character stands first, in all documents."""
        return hidden_places(document.source for document in self.documents.values())

    @cached_property
    def link_places(self) -> dict[str, dict[str, int]]:
        """Where each destination is written first, in each document."""
        places: dict[str, dict[str, int]] = {}
        for name, document in self.documents.items():
            for match in links.CANDIDATE.finditer(document.source.text, document.body):
                start = match.start(1) + match[1].startswith("<")
                written = match[1].strip("<>")
                places.setdefault(written, {}).setdefault(name, start)
        return places

    def destination(self, item: Agent | Prompt, path: str) -> str | None:
        """Return what a link's path should be in the artifact; None where it leads nowhere."""
        file, here = _joined(item, path), self.target.links_from(item)
        other = self.items.get(file)
        if other is None:
            self.diagnostics += self.unread.get(file, ())
            if file.is_relative_to(self.project.root):
                is_there = file not in self.partials and self.exists(file)
            else:
                is_there = file.is_relative_to(self.boundary)
            return links.leading(path, self.beside_artifacts(file), here) if is_there else None
        if isinstance(other, Prompt):
            self.linked[str(other.document.name)] = other
        elif not self.target.takes(other) or (
            self.loaded.everything and other not in self.loaded.selected
        ):
            return None
        return links.leading(path, self.target.path(other), here)

    def beside_artifacts(self, file: Path) -> PurePosixPath:
        """Return where a file of the project is when the output root is the project's own root."""
        root, library = self.loaded.found.root, self.project.root
        base = root if library.is_relative_to(root) else library
        return PurePosixPath(Path(os.path.relpath(file, base)).as_posix())


def _head_texts(item: Agent | Prompt) -> Iterator[str]:
    """Yield what the front matter says, keys and values, as a reader decodes it."""
    if item.document.front_matter is not None:
        for scalar in scalars(item.document.front_matter.mapping, with_keys=True):
            yield scalar.text.replace("\r\n", "\n")


def _failed(outcome: Outcome) -> bool:
    """Say whether there is no text; the static check finds problems that rendering has not met."""
    return bool(outcome.problems) and not outcome.body


def _joined(item: Agent | Prompt, path: str) -> Path:
    """Return the file that a relative link in a document means."""
    return Path(os.path.normpath(item.document.path.parent / path))


def _ended(text: str) -> str:
    return text.rstrip("\n") + "\n" if text else ""
