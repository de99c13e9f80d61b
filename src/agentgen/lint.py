"""Every problem that can be found without writing anything."""

import importlib
from collections.abc import Iterator, Sequence

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic
from agentgen.frozen import replace
from agentgen.loader import Loaded
from agentgen.model import Artifact
from agentgen.outcome import Task
from agentgen.rendering import try_to_render
from agentgen.rules import CHECKS, OFF_BY_DEFAULT, RULES, load_rule
from agentgen.settings import LintSettings
from agentgen.suppression import Judge, is_selected, suppress
from agentgen.targets import Target
from agentgen.targets.whole import read_twice
from agentgen.usage import Used, everything, find_uses
from agentgen.workers import Workers
from agentgen.writer import bad_names


def lint(
    loaded: Loaded, targets: Sequence[Target], workers: Workers, wanted: LintSettings
) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the files and templates that were asked for, sorted, each once.

    Templates are rendered for each target, and checked for names that can never be there in
    branches that this project does not take. `wanted` says which rules count; raises
    `AgentgenError` where it names a rule that there is not.
    """
    per_file = (rule for _, rules in wanted.per_file_ignores for rule in rules)
    for name in (*wanted.select, *wanted.extend_select, *wanted.ignore, *per_file):
        load_rule(name)
    asked_for = {*wanted.select, *wanted.extend_select}
    off = (rule for rule in OFF_BY_DEFAULT if rule not in asked_for)
    wanted = replace(wanted, ignore=(*wanted.ignore, *off))
    found: dict[Diagnostic, None] = {}
    artifacts: list[Artifact] = []
    for target in targets:
        rendered = try_to_render(loaded, target, workers, Task.LINT)
        found.update(dict.fromkeys(rendered.diagnostics))
        artifacts += rendered.artifacts
    found.update(dict.fromkeys(bad_names(artifacts)))
    found.update(dict.fromkeys(read_twice(targets)))
    found.update(dict.fromkeys(_checks(loaded, artifacts, wanted, workers)))
    sources = [document.source for document in loaded.project.documents.values()]
    sources += loaded.project.schema.sources
    is_everything = {*loaded.settings.targets} <= {target.name for target in targets}
    judge = Judge(RULES, loaded.found.source, _is_complete(loaded) and is_everything)
    kept = suppress(found, sources, wanted, judge)
    return tuple(_fixable(each, loaded) for each in kept)


def _fixable(diagnostic: Diagnostic, loaded: Loaded) -> Diagnostic:
    """Take the edits away from what is said about a file that is not the project's own."""
    where = diagnostic.location
    if not diagnostic.edits or (where is not None and where.path in loaded.own):
        return diagnostic
    return replace(diagnostic, edits=())


def _checks(
    loaded: Loaded, artifacts: list[Artifact], settings: LintSettings, workers: Workers
) -> Iterator[Diagnostic]:
    project = loaded.project
    documents = tuple(project.documents.values())
    if not loaded.everything:
        paths = {artifact.source for artifact in artifacts}
        paths |= {agent.document.source.path for agent in loaded.selected}
        documents = tuple(each for each in documents if each.source.path in paths)
    is_complete = _is_complete(loaded)
    names = [name for name in CHECKS if is_selected(name, settings)]
    uses: tuple[Used, ...] = ()
    if is_complete and not OFF_BY_DEFAULT.isdisjoint(names):
        uses = find_uses(project, everything(project), workers)
    checked = Checked(
        project,
        documents,
        tuple(artifacts),
        is_complete,
        settings,
        uses,
        tools=frozenset(name for name, _, _ in loaded.settings.tools.names),
        has_own_agents=loaded.folders[0] == loaded.found.root / loaded.settings.agents,
    )
    for name in names:
        yield from importlib.import_module(RULES[name]).check(checked)


def _is_complete(loaded: Loaded) -> bool:
    """Say whether everything was looked at, so that what was not found is not there."""
    return loaded.everything and loaded.has_schema and not loaded.project.failures
