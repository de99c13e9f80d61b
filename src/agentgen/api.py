"""The public functions: load a project, render its agents, write the artifacts."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from agentgen import loader, rendering
from agentgen.diagnostics import AgentgenError, did_you_mean, fail, quoted
from agentgen.loader import Loaded, Request
from agentgen.model import Artifact
from agentgen.modes import Undefined, Whitespace
from agentgen.rendering import Rendered
from agentgen.settings import Settings, parse_limit
from agentgen.source import flow
from agentgen.targets import ALL, TARGETS, Target
from agentgen.workers import Workers

if TYPE_CHECKING:
    from agentgen.drift import Change

StrPath = str | os.PathLike[str]
Choice = TypeVar("Choice", Undefined, Whitespace)


def load(
    directory: StrPath = ".",
    agents: str | Sequence[str] = (),
    *,
    schema: StrPath | Sequence[StrPath] = (),
    values: Mapping[str, object] | None = None,
    undefined: str | None = None,
    whitespace: str | None = None,
    limits: Mapping[str, float] | None = None,
) -> Loaded:
    """Load a project from the folder that it is in, or any folder below it.

    `agents` are names, globs over names, and paths; none means all. `schema` are project schemas,
    merged in order; `values` maps key paths (`"project.name"`) to plain data that is merged over
    them. `undefined`, `whitespace` and `limits` win over the project's settings. Paths are relative
    to `directory`. Raises `AgentgenError` with every problem that was found.
    """
    schemas = [schema] if isinstance(schema, (str, os.PathLike)) else schema
    texts = (f"{path}={flow(value)}" for path, value in (values or {}).items())
    request = Request(
        directory=Path(directory),
        agents=(agents,) if isinstance(agents, str) else tuple(agents),
        schema=tuple(os.fspath(path) for path in schemas),
        values=tuple(texts),
        undefined=_choice(Undefined, undefined),
        whitespace=_choice(Whitespace, whitespace),
        limits={name: _limit(name, number) for name, number in (limits or {}).items()},
    )
    loaded = loader.load(request)
    if loaded.problems:
        raise AgentgenError([*loaded.problems, *loaded.diagnostics])
    return loaded


def render(loaded: Loaded, target: str = "markdown", *, workers: Workers | None = None) -> Rendered:
    """Render the agents that were asked for, and the prompts that they lead to; write nothing.

    Templates are rendered in processes of their own; `workers` are some to use for several calls.
    Returns artifacts sorted by path, and warnings. Raises `AgentgenError` with every problem of
    every template, and for a target that there is not.
    """
    found = find_target(target)
    if workers is not None:
        return rendering.render_loaded(loaded, found, workers)
    with Workers() as own:
        return rendering.render_loaded(loaded, found, own)


def write(
    artifacts: Iterable[Artifact], output: StrPath, *, force: bool = False
) -> "tuple[Change, ...]":
    """Write artifacts below a folder: all or none, each whole; what is as it should be stays.

    Returns what was done about each. Other files are left alone, also those of earlier calls, which
    the folder's manifest remembers. Raises `AgentgenError`, with nothing changed, where that cannot
    be: without `force` also for a file that a person changed, or that agentgen did not write.
    """
    from agentgen import writer  # who only renders does without

    return writer.write(artifacts, Path(output), force=force)


def _choice(choices: type[Choice], name: str | None) -> Choice | None:
    if name is None:
        return None
    try:
        return choices(name)
    except ValueError:
        known = ", ".join(quoted(choice) for choice in choices)
        raise fail("invalid-option", f"{quoted(name)} is none of {known}") from None


def _limit(name: str, number: float) -> float:
    limit = parse_limit(name, str(number))
    if limit is None:
        raise fail("invalid-option", f"{quoted(f'{name}={number}')} is not a limit")
    return limit


def find_targets(names: Iterable[str], settings: Settings) -> tuple[Target, ...]:
    """Return the targets that are asked for, each once; without any, those of the settings.

    The name `all` means those of the settings as well. Raises `AgentgenError` for a name that is
    none, also where the settings say what a tool is to a target.
    """
    for tool, target, _ in settings.tools.names:
        if target not in ("*", *TARGETS):
            message = f"the setting {quoted(f'tools.{tool}.{target}')} is for no target"
            raise fail("unknown-target", message, help=_near(target))
    wanted: dict[str, None] = {}
    for name in names or (ALL,):
        wanted.update(dict.fromkeys(settings.targets if name == ALL else (name,)))
    return tuple(map(find_target, wanted))


def find_target(name: str) -> Target:
    """Return a target by its name, or raise `AgentgenError` with the nearest one."""
    if name not in TARGETS:
        raise fail("unknown-target", f"there is no target {quoted(name)}", help=_near(name))
    return TARGETS[name]


def _near(name: str) -> str:
    return did_you_mean(name, TARGETS) or f"the targets are {', '.join(map(quoted, TARGETS))}"
