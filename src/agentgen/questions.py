"""What people ask about a project: what an agent uses, and who reads a key."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from agentgen.diagnostics import AgentgenError, Diagnostic, did_you_mean, fail, ordered, quoted
from agentgen.explanation import (
    ItemExplanation,
    KeyExplanation,
    explain_item,
    explain_key,
    reached_from,
)
from agentgen.folders import SUFFIX
from agentgen.frozen import Frozen, replace
from agentgen.loader import Request, Survey, survey
from agentgen.model import Agent, Project, Prompt
from agentgen.paths import real_path
from agentgen.rules import RULES, load_rule
from agentgen.selection import select
from agentgen.settings import Settings
from agentgen.usage import Used, as_prompt, everything, find_uses
from agentgen.workers import Workers

MOST_NAMED = 5
"""Files, in a message."""


class ItemAnswer(Frozen):
    """What there is to say about an agent, prompt or partial, and what kept it from being whole.

    `settings` are those in force, and `output` is the folder that artifacts are written to.
    """

    found: ItemExplanation
    settings: Settings
    output: Path
    problems: tuple[Diagnostic, ...] = ()


class KeyAnswer(Frozen):
    """Who reads a key, and what kept some templates from being looked at."""

    found: KeyExplanation
    problems: tuple[Diagnostic, ...] = ()


def about_item(request: Request, name: str, workers: Workers) -> ItemAnswer:
    """Return what there is to say about the one agent, prompt or partial of a name or path.

    Raises `AgentgenError` where there is none, or several, and for what keeps it from being loaded.
    """
    seen, item = _find(request, name)
    _require_schema(seen)
    project = seen.project
    problems: tuple[Diagnostic, ...] = ()
    if isinstance(item, Agent):
        (used,) = find_uses(project, [item], workers)
        found = explain_item(project, used)
    else:
        all_used = find_uses(project, everything(project), workers)
        (used,) = (each for each in all_used if each.item.document is item.document)
        reached = reached_from(item.document, all_used, project)
        found = replace(explain_item(project, used), reached=reached)
        problems = tuple(_problems(seen, all_used))
    if used.problems:
        raise AgentgenError(used.problems)
    settings, root = seen.found.settings, seen.found.root
    return ItemAnswer(found, settings, root / settings.output, problems)


def about_key(request: Request, text: str, workers: Workers) -> KeyAnswer:
    """Return who reads a key of the project schema.

    Raises `AgentgenError` for a key that the project schema cannot have, and where there is no
    project, or no project schema that can be read.
    """
    seen = survey(replace(request, agents=()))
    _require_schema(seen)
    project = seen.project
    used = find_uses(project, (*project.agents, *project.prompts), workers)
    return KeyAnswer(explain_key(project, text, used), tuple(_problems(seen, used)))


def _require_schema(seen: Survey) -> None:
    if seen.problems:
        raise AgentgenError(seen.problems)


def _problems(seen: Survey, used: tuple[Used, ...]) -> Iterator[Diagnostic]:
    found = [each for failure in seen.project.failures for each in failure.diagnostics]
    yield from ordered([*found, *(problem for each in used for problem in each.problems)])


def _find(request: Request, name: str) -> tuple[Survey, Agent | Prompt]:
    try:
        seen = survey(replace(request, agents=()))
    except AgentgenError:
        if not _is_path(name):
            load_rule(name)  # without a project, there is nothing else that could be meant
        return _elsewhere(request, name)
    path = Path(os.path.normpath(real_path(request.directory) / name))
    _require_loaded(seen.project, path)
    for found in _meant(seen.project, name, path):
        if len(found) > 1:
            raise _several(name, found)
        if found:
            return seen, found[0]
    if _is_path(name):
        return _elsewhere(request, name)
    raise _unknown(name, seen.project)


def _require_loaded(project: Project, path: Path) -> None:
    for failure in project.failures:
        if failure.path == path:
            raise AgentgenError(failure.diagnostics)


def _meant(project: Project, name: str, path: Path) -> Iterator[Sequence[Agent | Prompt]]:
    """Yield what a name can mean: a file, or else an agent, a prompt or a partial."""
    yield [each for each in everything(project) if each.document.path == path]
    yield [each for each in project.agents if name in (each.name, each.document.stem)]
    yield [each for each in project.prompts if name in (each.name, each.document.stem)]
    yield [as_prompt(each) for each in project.partials if name == each.stem]


def _elsewhere(request: Request, name: str) -> tuple[Survey, Agent | Prompt]:
    """Find the agent that a path means in whatever library it lies."""
    seen = survey(replace(request, agents=(name,)))
    selection = select(seen.wanted, seen.project, seen.files)
    for failure in seen.project.failures:
        if str(failure.name) in selection.failed:
            raise AgentgenError(failure.diagnostics)
    if len(selection.agents) != 1:
        raise _several(name, selection.agents)
    return seen, selection.agents[0]


def _several(name: str, found: Sequence[Agent | Prompt]) -> AgentgenError:
    names = ", ".join(quoted(each.document.source.path) for each in found[:MOST_NAMED])
    message = f"{quoted(name)} is several agents or prompts: {names}"
    return fail("unknown-agent", message, help="name one by its path")


def _is_path(name: str) -> bool:
    return "/" in name or os.sep in name or name.endswith(SUFFIX)


def _unknown(name: str, project: Project) -> AgentgenError:
    names = [each.name for each in everything(project)]
    near = did_you_mean(name, [*names, *RULES])
    if near is not None and near == did_you_mean(name, RULES):
        load_rule(name)  # says so, and offers that one
    message = f"there is no rule, agent or prompt {quoted(name)}"
    return fail("unknown-agent", message, help=near or "`agentgen list` shows agents and prompts")
