"""Every problem that can be found without writing anything."""

from agentgen.diagnostics import Diagnostic
from agentgen.loader import Loaded
from agentgen.model import Project
from agentgen.outcome import Task
from agentgen.rendering import try_to_render
from agentgen.settings import LintSettings
from agentgen.suppression import suppress
from agentgen.targets import Target
from agentgen.workers import Workers


def lint(
    loaded: Loaded, targets: list[Target], workers: Workers, wanted: LintSettings
) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the files and templates that were asked for, sorted, each once.

    Templates are rendered for each target, and checked for names that can never be there in
    branches that this project does not take. `wanted` says which rules count.
    """
    found: dict[Diagnostic, None] = {}
    for target in targets:
        rendered = try_to_render(loaded, target, workers, Task.LINT)
        found.update(dict.fromkeys(rendered.diagnostics))
    sources = [document.source for document in loaded.project.documents.values()]
    return suppress(found, sources, wanted, report_unused=_is_complete(loaded.project, loaded))


def _is_complete(project: Project, loaded: Loaded) -> bool:
    """Say whether everything was looked at, so that what was not found is not there."""
    return loaded.everything and loaded.has_schema and not project.failures
