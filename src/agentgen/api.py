"""The public functions: load a project, render its agents, write the artifacts."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from agentgen import loader, rendering, writer
from agentgen.diagnostics import AgentgenError, did_you_mean, fail, quoted
from agentgen.loader import Loaded, Request
from agentgen.model import Artifact
from agentgen.modes import Undefined, Whitespace
from agentgen.rendering import Rendered
from agentgen.source import flow
from agentgen.targets import TARGETS, Target
from agentgen.workers import Workers
from agentgen.writer import Written

StrPath = str | os.PathLike[str]


def load(
    directory: StrPath = ".",
    agents: Sequence[str] = (),
    *,
    schema: Sequence[StrPath] = (),
    values: Mapping[str, object] | None = None,
    undefined: str | None = None,
    whitespace: str | None = None,
) -> Loaded:
    """Load a project from the folder that it is in, or any folder below it.

    `agents` are names, globs over names, and paths; none means all. `schema` are project schemas,
    merged in order; `values` maps key paths (`"project.name"`) to plain data that is merged over
    them. `undefined` and `whitespace` win over the project's settings. Paths are relative to
    `directory`. Raises `AgentgenError` with every problem that was found.
    """
    texts = (f"{path}={flow(value)}" for path, value in (values or {}).items())
    request = Request(
        directory=Path(directory),
        agents=tuple(agents),
        schema=tuple(os.fspath(path) for path in schema),
        values=tuple(texts),
        undefined=Undefined(undefined) if undefined else None,
        whitespace=Whitespace(whitespace) if whitespace else None,
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


def write(artifacts: Iterable[Artifact], output: StrPath) -> tuple[Written, ...]:
    """Write artifacts below a folder: all or none, each whole; equal files are not touched.

    Returns what became of each. Raises `AgentgenError`, with nothing changed, where that cannot be.
    """
    return writer.write(artifacts, Path(output))


def find_target(name: str) -> Target:
    """Return a target by its name, or raise `AgentgenError` with the nearest one."""
    if name not in TARGETS:
        help = did_you_mean(name, TARGETS) or f"the targets are {', '.join(map(quoted, TARGETS))}"
        raise fail("unknown-target", f"there is no target {quoted(name)}", help=help)
    return TARGETS[name]
