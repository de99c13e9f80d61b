"""What there is to see of one agent or prompt: rendered, raw, against the disk, and its source."""

from collections.abc import Iterable
from typing import Any, cast

from agentgen import report
from agentgen.api import find_target
from agentgen.diagnostics import AgentgenError, Diagnostic, ordered
from agentgen.frozen import Frozen, replace
from agentgen.lint import lint
from agentgen.loader import Loaded
from agentgen.markup import as_html
from agentgen.model import Agent, Artifact, Failure, Prompt
from agentgen.outcome import Task
from agentgen.preview.against_disk import difference
from agentgen.preview.page import find_blocks, read_page
from agentgen.rendering import try_to_render
from agentgen.report import structured
from agentgen.rules.token_limit import tokens
from agentgen.workers import Workers

LONGEST_VALUE = 600
"""Characters of a message, or of what helps."""

Item = Agent | Prompt


class View(Frozen):
    """One agent or prompt for one target, in plain data.

    `text` is None where it cannot be rendered; `html` is None where it is not Markdown, or too much
    of it. `path` is the artifact's, below the output root, and `on_disk` the same as people see it.
    `links` leads from the paths of other artifacts to what they are rendered from.
    """

    id: str
    name: str
    target: str
    path: str
    on_disk: str
    text: str | None
    rows: tuple[tuple[str, str], ...]
    html: str | None
    diff: str
    source: str
    source_path: str
    figures: str
    links: dict[str, str]
    summary: str
    diagnostics: list[dict[str, Any]]
    schema_problems: list[dict[str, Any]]


def look_at(item: Item, loaded: Loaded, target: str, workers: Workers, parsers: Workers) -> View:
    """Render one item of a project; what is wrong with it is part of the view.

    `workers` render, and `parsers` find blocks of Markdown and do nothing else.
    """
    alone = replace(loaded, selected=(cast("Agent", item),), everything=False)
    wanted = find_target(target)
    source = item.document.source
    artifacts: tuple[Artifact, ...] = ()
    try:
        artifacts = try_to_render(alone, wanted, workers, Task.LINT).artifacts
        found = lint(alone, [wanted], workers, loaded.settings.lint)
    except AgentgenError as error:
        found = error.diagnostics
    path = wanted.path(item)
    artifact = next((each for each in artifacts if each.path == path), None)
    found = _about(found, item, loaded)
    root = loaded.found.root / loaded.settings.output
    page = read_page(artifact) if artifact else None
    blocks = None
    if page is not None and page.body is not None:
        blocks = find_blocks(page.body, parsers, loaded.project.limits)
    return View(
        id=str(item.document.name),
        name=item.name,
        target=target,
        path=path.as_posix(),
        on_disk=f"{loaded.settings.output}/{path}",
        text=artifact.text if artifact else None,
        rows=page.rows if page else (),
        html=None if blocks is None else as_html(blocks),
        diff=difference(artifact, root).decode("utf-8", "replace") if artifact else "",
        source=source.text,
        source_path=source.path,
        figures=_figures(artifact.text) if artifact else "",
        links=_links(artifacts, loaded),
        summary=report.summary(found),
        diagnostics=as_data(found),
        schema_problems=[],
    )


def failed_view(failure: Failure, target: str) -> View:
    """Return what there is to see of a file that cannot be loaded: why, and its text."""
    sources = [each.location.source for each in failure.diagnostics if each.location]
    return View(
        id=str(failure.name),
        name=failure.name.stem,
        target=target,
        path="",
        on_disk="",
        text=None,
        rows=(),
        html=None,
        diff="",
        source=sources[0].text if sources else "",
        source_path=path_of(failure),
        figures="",
        links={},
        summary=report.summary(failure.diagnostics),
        diagnostics=as_data(failure.diagnostics),
        schema_problems=[],
    )


def path_of(item: Item | Failure) -> str:
    """Return the path of an item's source, as people see it."""
    if not isinstance(item, Failure):
        return item.document.source.path
    places = [each.location.path for each in item.diagnostics if each.location]
    return places[0] if places else item.name.as_posix()


def as_data(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Return diagnostics as the JSON report has them, made safe to show."""
    listed: list[dict[str, Any]] = structured.as_data(diagnostics)["diagnostics"]
    return [{name: _inert(value) for name, value in each.items()} for each in listed]


def _inert(value: object) -> object:
    return report.inert(value, LONGEST_VALUE) if isinstance(value, str) else value


def _about(diagnostics: Iterable[Diagnostic], item: Item, loaded: Loaded) -> tuple[Diagnostic, ...]:
    """Leave out what is about other agents and prompts, and files that could not be loaded."""
    project = loaded.project
    items: tuple[Item, ...] = (*project.agents, *project.prompts)
    others = {each.document.source.path for each in items if each is not item}
    others |= {
        each.location.path
        for failure in project.failures
        for each in failure.diagnostics
        if each.location
    }
    return ordered(
        each for each in diagnostics if not each.location or each.location.path not in others
    )


def _links(artifacts: tuple[Artifact, ...], loaded: Loaded) -> dict[str, str]:
    names = {document.source.path: name for name, document in loaded.project.documents.items()}
    return {each.path.as_posix(): names[each.source] for each in artifacts if each.source in names}


def _figures(text: str) -> str:
    size = len(text.encode())
    parts = (
        f"about {report.counted(tokens(text), 'token')}",
        report.counted(text.count("\n"), "line"),
        report.counted(size, "byte"),
    )
    return " · ".join(parts)
