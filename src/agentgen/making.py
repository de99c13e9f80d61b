"""Outcomes become artifacts: links lead on, front matter is translated, problems get their places.

Apart from `rendering`, which loads this while its workers are busy with the first templates.
"""

import os
from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path, PurePosixPath

from agentgen import links
from agentgen.braces import LiteralBraces
from agentgen.diagnostics import Diagnostic, Location, Severity, did_you_mean, quoted
from agentgen.failures import as_diagnostic
from agentgen.frozen import replace
from agentgen.hidden import hidden_characters, hidden_places
from agentgen.keeping import Store
from agentgen.loader import Loaded
from agentgen.model import Agent, Artifact, Document, Prompt
from agentgen.outcome import Job, Outcome, Problem, Setup, Task
from agentgen.paths import Exists
from agentgen.patterns import pattern
from agentgen.source.nodes import scalars
from agentgen.targets import TARGETS
from agentgen.targets.overrides import unknown_targets
from agentgen.targets.target import Target
from agentgen.targets.translation import translate
from agentgen.templates import FOLDERS
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


class Making:
    """What a run makes of outcomes as they come, and has to say about them.

    `agents` are those that it was told about, `linked` the prompts that links led to. `too_much` is
    said where all together render to more than a run may: then nothing more is made.
    """

    def __init__(
        self, loaded: Loaded, target: Target, documents: Mapping[str, Document], exists: Exists
    ) -> None:
        self.loaded = loaded
        self.project = project = loaded.project
        self.target = target
        self.documents = documents
        self.exists = exists
        self.partials = {document.path for document in project.partials}
        self.unread = {each.path: each.diagnostics for each in project.failures}
        items: tuple[Agent | Prompt, ...] = (*project.agents, *project.prompts)
        self.items = {item.document.path: item for item in items}
        self.additions = loaded.settings.tools_for(target.name)
        self.artifacts: list[Artifact] = []
        self._keep = Store().keep
        self.agents: list[Agent] = []
        self.linked: dict[str, Prompt] = {}
        self.too_much: Diagnostic | None = None
        self._total = 0
        self._suggested = 0
        self._odd: dict[int, tuple[Agent | Prompt, Outcome, str]] = {}
        self._said: dict[int, list[Diagnostic]] = {}
        self.diagnostics: list[Diagnostic] = []

    def about(self, item: Agent | Prompt) -> Iterator[Diagnostic]:
        """Yield what there is to say about a file, less what the target has more to say about."""
        native = self.target.native
        is_required = native is not None and "description" in native.required
        yield from unknown_targets(item, TARGETS)
        for each in item.document.diagnostics:
            if not (is_required and each.rule == "missing-description"):
                yield each
        if isinstance(item, Agent):
            self.agents.append(item)

    def take(self, number: int, item: Agent | Prompt, outcome: Outcome) -> None:
        """Make an artifact of what was rendered; `number` says where it stands among the items.

        Where a link must change, `finish` makes it.
        """
        self._total += len(outcome.body) + sum(map(len, outcome.values))
        if self._total > MOST_RENDERED:
            message = f"all agents together render to more than {MOST_RENDERED // 1024**2} MiB"
            self.too_much = Diagnostic("output-limit", message)
            return
        self.diagnostics = self._said.setdefault(number, [])
        body = outcome.body.replace("\r\n", "\n").replace("\r", "\n")
        if links.are_fine(body, partial(self._destination, item)):
            self.artifacts.append(self._artifact(item, outcome, body))
        else:
            self._odd[number] = item, outcome, body

    def finish(self, workers: Workers, setup: Setup) -> Iterator[Diagnostic]:
        """Make what is left; yield all that there is to say about what was made, item by item.

        The workers are those of the run; others find the links of what they have rendered.
        """
        if self._odd:
            self._relink(workers, replace(setup, schema={}, shapes={}, links=True))
        for _, found in sorted(self._said.items()):
            yield from found
        self._said.clear()

    def _relink(self, workers: Workers, setup: Setup) -> None:
        odd = sorted(self._odd.items())
        self._odd.clear()
        todo = [
            Job(str(item.document.name), body, "", task=Task.LINKS) for _, (item, _, body) in odd
        ]
        with workers.for_parsing() as parsing:
            found = parsing.perform(todo, setup, lambda _name, _parent: None)
        for (number, (item, outcome, body)), spans in zip(odd, found, strict=True):
            self.diagnostics = self._said[number]
            for problem in spans.problems:
                self.diagnostics += self.reported(problem, item)
            text = self._relinked(item, body, spans.links)
            self.artifacts.append(self._artifact(item, outcome, text))

    def _artifact(self, item: Agent | Prompt, outcome: Outcome, body: str) -> Artifact:
        values = tuple(zip(item.template_values, outcome.values, strict=True))
        translated = translate(self.target, item, values, _ended(body), self.additions)
        text = self._keep(_ended(translated.text))
        self.diagnostics += translated.diagnostics
        texts = (body, *_head_texts(item), *outcome.values)
        source, allowed = item.document.source, self.project.allowed
        includes = _INCLUDING.search(source.text)
        elsewhere = (lambda: self._hidden_places) if includes else dict
        self.diagnostics += hidden_characters(source, texts, allowed, elsewhere)
        path = self.target.path(item)
        document = item.document
        return Artifact(self.target.name, path, text, document.source.path, str(document.name))

    def reported(self, problem: Problem, item: Agent | Prompt) -> tuple[Diagnostic, ...]:
        """Return what to say of a problem of an item's template."""
        if problem.absent is not None:
            for unread in self.project.failures:
                if f"/{unread.name}".endswith(f"/{problem.absent}"):
                    return unread.diagnostics
            names = [part for name in self.documents for part in (name, name.partition("/")[2])]
            self._suggested += 1
            near = did_you_mean(problem.absent, names) if self._suggested <= MOST_GUESSES else None
            problem = replace(problem, help=near or f"it is looked for in {_FOLDERS}")
        found = as_diagnostic(problem, item, self.documents)
        return (self._braces.instead_of(found) if problem.rule in _OF_BRACES else found,)

    def _relinked(self, item: Agent | Prompt, body: str, spans: tuple[tuple[int, int], ...]) -> str:
        result = links.rewrite(body, spans, partial(self._destination, item))
        for destination in result.broken[:MOST_BROKEN_LINKS]:
            self.diagnostics.append(self._bad_link(item, destination))
        return result.text

    def _bad_link(self, item: Agent | Prompt, destination: str) -> Diagnostic:
        """Return the warning for a link that leads nowhere, or where others have nothing."""
        place = self._link_place(item.document, destination)
        file = _joined(item, links.path_of(destination))
        help = "link to a file of the project, or to an address"
        if file in self.items:
            is_for_it = self.target.takes(self.items[file])
            why = "is disabled" if is_for_it else f"is not for {self.target.name}"
            message = f"the link to {quoted(destination)} leads to an agent that {why}"
            return Diagnostic("broken-link", message, place, Severity.WARNING)
        if links.is_of_a_machine(destination):
            message = f"the link to {quoted(destination)} is a path of one machine"
        elif not file.is_relative_to(self._boundary):
            message = f"the link to {quoted(destination)} leads out of the project"
        else:
            message = f"the link to {quoted(destination)} leads nowhere"
            return Diagnostic("broken-link", message, place, Severity.WARNING)
        return Diagnostic("outside-link", message, place, Severity.WARNING, help=help)

    @cached_property
    def _boundary(self) -> Path:
        """The folder that others have as well: the repository, or else the project."""
        folder = Path(os.path.commonpath([self.loaded.found.root, self.project.root]))
        above = (each for each in (folder, *folder.parents) if self.exists(each / ".git"))
        return next(above, folder)

    def _link_place(self, document: Document, destination: str) -> Location:
        """Return where a link is written: in the document, or else in the one other that has it."""
        places = self._link_places.get(destination, {})
        start = places.get(str(document.name))
        if start is not None:
            return document.source.at(start, start + len(destination))
        if len(places) != 1:
            return document.source.whole()
        ((name, start),) = places.items()
        return self.documents[name].source.at(start, start + len(destination))

    @cached_property
    def _braces(self) -> LiteralBraces:
        """What knows the braces in all documents that a reader is meant to see."""
        return LiteralBraces(self.documents.values())

    @cached_property
    def _hidden_places(self) -> dict[str, Location]:
        """Where each hidden character stands first, in all documents."""
        return hidden_places(document.source for document in self.documents.values())

    @cached_property
    def _link_places(self) -> dict[str, dict[str, int]]:
        """Where each destination is written first, in each document."""
        places: dict[str, dict[str, int]] = {}
        for name, document in self.documents.items():
            for match in links.CANDIDATE.finditer(document.source.text, document.body):
                start = match.start(1) + match[1].startswith("<")
                written = match[1].strip("<>")
                places.setdefault(written, {}).setdefault(name, start)
        return places

    def _destination(self, item: Agent | Prompt, path: str) -> str | None:
        """Return what a link's path should be in the artifact; None where it leads nowhere."""
        file, here = _joined(item, path), self.target.links_from(item)
        other = self.items.get(file)
        if other is None:
            self.diagnostics += self.unread.get(file, ())
            if file.is_relative_to(self.project.root):
                is_there = file not in self.partials and self.exists(file)
            else:
                is_there = file.is_relative_to(self._boundary)
            return links.leading(path, self._beside_artifacts(file), here) if is_there else None
        if isinstance(other, Prompt):
            self.linked[str(other.document.name)] = other
        elif not self.target.takes(other) or (
            self.loaded.everything and other not in self.loaded.selected
        ):
            return None
        return links.leading(path, self.target.path(other), here)

    def _beside_artifacts(self, file: Path) -> PurePosixPath:
        """Return where a file of the project is when the output root is the project's own root."""
        root, library = self.loaded.found.root, self.project.root
        base = root if library.is_relative_to(root) else library
        return PurePosixPath(Path(os.path.relpath(file, base)).as_posix())


def _head_texts(item: Agent | Prompt) -> Iterator[str]:
    """Yield what the front matter says, keys and values, as a reader decodes it."""
    if item.document.front_matter is not None:
        for scalar in scalars(item.document.front_matter.mapping, with_keys=True):
            yield scalar.text.replace("\r\n", "\n")


def _joined(item: Agent | Prompt, path: str) -> Path:
    """Return the file that a relative link in a document means."""
    return Path(os.path.normpath(item.document.path.parent / path))


def _ended(text: str) -> str:
    return text.rstrip("\n") + "\n" if text else ""
