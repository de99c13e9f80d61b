"""Every problem that can be found without writing anything."""

from agentgen.diagnostics import Diagnostic
from agentgen.loader import Loaded
from agentgen.outcome import Task
from agentgen.rendering import try_to_render
from agentgen.targets import Target
from agentgen.workers import Workers


def lint(loaded: Loaded, targets: list[Target], workers: Workers) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the files and templates that were asked for, sorted, each once.

    Templates are rendered for each target, and checked for names that can never be there in
    branches that this project does not take.
    """
    found: dict[Diagnostic, None] = {}
    for target in targets:
        rendered = try_to_render(loaded, target, workers, Task.LINT)
        found.update(dict.fromkeys(rendered.diagnostics))
    return tuple(sorted(found, key=lambda each: each.sort_key))
