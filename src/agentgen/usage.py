"""What agents, prompts and partials read and lead to, and where they do it.

Nothing is rendered: workers walk through the templates, and links are looked for in the sources.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

from agentgen import jobs, links
from agentgen.diagnostics import Diagnostic, Location
from agentgen.failures import as_diagnostic, place
from agentgen.frozen import Frozen
from agentgen.model import Agent, Document, Project, Prompt
from agentgen.outcome import Frame, Inclusion, Task, Use, Uses
from agentgen.workers import Workers

MOST_LINKS = 1_000
"""Looked at in one document."""


class Link(Frozen):
    """A link from one document to another, by their names, and where it stands."""

    to: str
    place: Location


class Used(Frozen):
    """What an agent or prompt reads and leads to; a partial counts as a prompt.

    `problems` are why its template could not be looked at as a whole.
    """

    item: Agent | Prompt
    uses: Uses
    links: tuple[Link, ...]
    problems: tuple[Diagnostic, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Say whether that is everything."""
        return self.uses.is_complete and not self.problems


def find_uses(
    project: Project, items: Sequence[Agent | Prompt], workers: Workers
) -> tuple[Used, ...]:
    """Return what each of the items reads, includes and links to, in their order."""
    documents = project.documents
    todo = [jobs.job(project, item, "", Task.USES) for item in items]
    setup = jobs.setup(project, documents, with_shapes=True)
    outcomes = workers.perform(todo, setup, lambda *wanted: jobs.find(documents, *wanted))
    by_path = {str(document.path): name for name, document in documents.items()}
    return tuple(
        Used(
            item,
            outcome.uses,
            tuple(_links(item, outcome.uses.inclusions, documents, by_path)),
            tuple(as_diagnostic(problem, item, documents) for problem in outcome.problems),
        )
        for item, outcome in zip(items, outcomes, strict=True)
    )


def everything(project: Project) -> tuple[Agent | Prompt, ...]:
    """Return all that can be looked at: agents, prompts, and partials as prompts."""
    return (*project.agents, *project.prompts, *map(as_prompt, project.partials))


def as_prompt(partial: Document) -> Prompt:
    """Return a partial as if it were a prompt."""
    return Prompt(partial, str(partial.name), None, {})


def places(
    found: Use | Inclusion, item: Agent | Prompt, documents: Mapping[str, Document]
) -> tuple[Location, ...]:
    """Return where something is read or included, and then the places that lead there."""
    word = found.word if isinstance(found, Use) else found.tag
    *outer, last = found.frames or (Frame(str(item.document.name), 0),)
    here = place(last, item, documents, word)
    return (here, *(place(frame, item, documents) for frame in reversed(outer)))


def _links(
    item: Agent | Prompt,
    inclusions: Sequence[Inclusion],
    documents: Mapping[str, Document],
    by_path: Mapping[str, str],
) -> Iterator[Link]:
    included = dict.fromkeys(each.name for each in inclusions if each.name in documents)
    texts = [item.document, *(documents[name] for name in included if name is not None)]
    folder = item.document.path.parent
    for document in texts:
        found = links.CANDIDATE.finditer(document.source.text, document.body)
        for match in islice(found, MOST_LINKS):
            start = match.start(1) + match[1].startswith("<")
            written = match[1].strip("<>")
            target = by_path.get(_path(folder, written))
            if target is not None and target != str(item.document.name):
                yield Link(target, document.source.at(start, start + len(written)))


def _path(folder: Path, destination: str) -> str:
    path = unquote(destination.partition("#")[0].partition("?")[0])
    return os.path.normpath(folder / path) if path and "\0" not in path else ""
