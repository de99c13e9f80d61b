"""Project × target → artifacts. Pure: it takes values and gives values, and opens no file."""

import os
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from agentgen import links
from agentgen.diagnostics import (
    AgentgenError,
    Diagnostic,
    Location,
    Severity,
    has_errors,
    ordered,
    quoted,
)
from agentgen.environment import Context, Engine, TemplateFailure
from agentgen.failures import as_diagnostic
from agentgen.loader import Loaded
from agentgen.model import Agent, Artifact, Data, Document, Project, Prompt, TemplateValue
from agentgen.source.document import location
from agentgen.targets import Target
from agentgen.targets.target import RenderedValues

Exists = Callable[[Path], bool]
"""Says whether a relative link that leads to no agent and no prompt leads to a file."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Artifacts sorted by path, and what there is to say about the sources that they are from."""

    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def render_loaded(loaded: Loaded, target: Target, exists: Exists = Path.exists) -> Rendered:
    """Render the agents that were asked for, and the prompts that they lead to; or all prompts.

    Returns warnings about the project and its files as well. Raises `AgentgenError` with every
    problem of every file and every template.
    """
    project = loaded.project
    run = _Run(project, target, exists)
    run.diagnostics += (*loaded.problems, *loaded.diagnostics)
    todo: list[Agent | Prompt] = [*loaded.selected, *(project.prompts if loaded.everything else ())]
    seen = {item.document.name for item in todo}
    for item in todo:  # grows while it is walked: a prompt that is linked to is rendered as well
        run.render(item) if loaded.has_schema else run.check(item)
        for prompt in run.linked:
            if prompt.document.name not in seen:
                seen.add(prompt.document.name)
                todo.append(prompt)
        run.linked.clear()
    if has_errors(run.diagnostics):
        raise AgentgenError(run.diagnostics)
    artifacts = tuple(sorted(run.artifacts, key=lambda artifact: artifact.path.as_posix()))
    return Rendered(artifacts, ordered(run.diagnostics))


class _Run:
    def __init__(self, project: Project, target: Target, exists: Exists) -> None:
        self.project = project
        self.target = target
        self.exists = exists
        self.documents = project.documents
        self.partials = {document.path for document in project.partials}
        self.unread = {each.path: each.diagnostics for each in project.failures}
        items: tuple[Agent | Prompt, ...] = (*project.agents, *project.prompts)
        self.items = {item.document.path: item for item in items}
        texts = {name: document.template for name, document in self.documents.items()}
        self.engine = Engine(texts, project.undefined, project.whitespace)
        self.artifacts: list[Artifact] = []
        self.linked: list[Prompt] = []
        self.diagnostics: list[Diagnostic] = [
            each for partial in project.partials for each in partial.diagnostics
        ]

    def render(self, item: Agent | Prompt) -> None:
        document = item.document
        self.diagnostics += document.diagnostics
        values = self.values(item)
        context = self.context(item, _with_values(item.data, values))
        try:
            body = self.engine.render(str(document.name), context)
        except TemplateFailure as failure:
            self.diagnostics += self.failed(failure, {})
            return
        text = _ended(self.target.head(item, values) + self.relinked(item, body))
        path = self.target.path(item)
        self.artifacts.append(Artifact(self.target.name, path, text, document.source.path))

    def check(self, item: Agent | Prompt) -> None:
        """Report what is wrong with a template whatever it is rendered with."""
        try:
            self.engine.check(str(item.document.name))
        except TemplateFailure as failure:
            self.diagnostics += self.failed(failure, {})

    def values(self, item: Agent | Prompt) -> RenderedValues:
        rendered: list[tuple[TemplateValue, str]] = []
        context = self.context(item, item.data)
        for value in item.template_values:
            name = f"{item.document.name}:{value.scalar.start}"
            try:
                text = self.engine.render_text(value.scalar.text, name, context)
                rendered.append((value, text))
            except TemplateFailure as failure:
                self.diagnostics += self.failed(failure, {name: location(value.scalar)})
        return tuple(rendered)

    def context(self, item: Agent | Prompt, data: dict[str, Data]) -> Context:
        context: dict[str, Data] = {
            "schema": self.project.schema.data,
            "target": self.target.name,
        }
        if isinstance(item, Agent):
            context["agent"] = {**_project_entry(self.project, item.name), **data}
        return context

    def failed(
        self, failure: TemplateFailure, places: dict[str, Location]
    ) -> tuple[Diagnostic, ...]:
        for unread in self.project.failures:
            if failure.absent and f"/{unread.name}".endswith(f"/{failure.absent}"):
                return unread.diagnostics
        return (as_diagnostic(failure, self.documents, places),)

    def relinked(self, item: Agent | Prompt, body: str) -> str:
        result = links.rewrite(body, lambda path: self.destination(item, path))
        for destination in result.broken:
            self.diagnostics.append(
                _broken_link(self.link_place(item.document, destination), destination)
            )
        return result.text

    def link_place(self, document: Document, destination: str) -> Location:
        """Return where a link is written: in the document, or else in the one other that has it."""
        others = [each for each in self.documents.values() if destination in each.template]
        holder = document if destination in document.template or len(others) != 1 else others[0]
        start = holder.source.text.find(destination, holder.body)
        return (
            holder.source.whole()
            if start < 0
            else holder.source.at(start, start + len(destination))
        )

    def destination(self, item: Agent | Prompt, path: str) -> str | None:
        file = Path(os.path.normpath(item.document.path.parent / path))
        other = self.items.get(file)
        if other is None:
            self.diagnostics += self.unread.get(file, ())
            return path if self.exists(file) and file not in self.partials else None
        if isinstance(other, Prompt):
            self.linked.append(other)
        here = self.target.path(item).parent.as_posix()
        new = posixpath.relpath(self.target.path(other).as_posix(), here)
        return path if posixpath.normpath(path) == new else new


def _with_values(data: dict[str, Data], values: RenderedValues) -> dict[str, Data]:
    return {key: _with_value(value, (key,), dict(_texts(values))) for key, value in data.items()}


def _with_value(
    data: Data, path: tuple[str | int, ...], texts: dict[tuple[str | int, ...], str]
) -> Data:
    if isinstance(data, dict):
        return {key: _with_value(value, (*path, key), texts) for key, value in data.items()}
    if isinstance(data, list) and path not in texts:
        return [_with_value(value, (*path, index), texts) for index, value in enumerate(data)]
    return texts.get(path, data)


def _texts(values: RenderedValues) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for value, text in values:
        yield value.path, text


def _project_entry(project: Project, name: str) -> dict[str, Data]:
    entries = project.schema.data.get("agents")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get("role") == name:
            return entry
    return {}


def _broken_link(place: Location, destination: str) -> Diagnostic:
    message = f"the link to {quoted(destination)} leads nowhere"
    return Diagnostic("broken-link", message, place, Severity.WARNING)


def _ended(text: str) -> str:
    return text.rstrip("\n") + "\n" if text else ""
