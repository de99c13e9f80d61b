"""What projects are rendered to, on its way to their output roots, where `arrival` takes it in.

A run is one project, or a fleet of them. Everything is rendered before the first file is written.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from agentgen import paths
from agentgen.api import find_targets
from agentgen.diagnostics import AgentgenError, Diagnostic, Note, quoted
from agentgen.fleet import Shard, find_members
from agentgen.frozen import Frozen, field, replace
from agentgen.loader import Loaded, Request, load, load_each
from agentgen.model import Agent, Artifact, Prompt
from agentgen.modes import Kind
from agentgen.paths import ShownPath, real_path
from agentgen.rendering import Sought, render_targets
from agentgen.settings import find_settings
from agentgen.targets import Target
from agentgen.workers import Workers


class Wanted(Frozen):
    """What a run is to do.

    `targets` are names; without any, those of the settings are meant. `output` is relative to the
    request's directory; None is that of the settings. With `for_each`, a glob over schemas, there
    is a project for each, merged over the schemas of the request; `shard` takes some of them.
    `depfile` and `stamp` are files to write when all is done.
    """

    request: Request
    kind: Kind = Kind.RENDER
    targets: tuple[str, ...] = ()
    output: str | None = None
    force: bool = False
    prune: bool = True
    depfile: str | None = None
    stamp: str | None = None
    for_each: str | None = None
    shard: Shard = field(default_factory=Shard)


class Delivery(Frozen):
    """What was rendered of a project, and where it goes.

    With `prunes` the run judges what nothing produces any more as well, of the targets that were
    asked for by name, or of all. `diagnostics` are warnings about sources, `name` tells the
    projects of a fleet apart. `probed` says which paths were looked for, and were there, `sought`
    what includes led to.
    """

    root: Path
    artifacts: tuple[Artifact, ...] = field(repr=False)
    loaded: Loaded = field(repr=False)
    prunes: bool = False
    asked_for: frozenset[str] | None = None
    targets: tuple[Target, ...] = field(default=(), repr=False)
    diagnostics: tuple[Diagnostic, ...] = field(default=(), repr=False)
    name: str = ""
    probed: Mapping[Path, bool] = field(default_factory=dict, repr=False)
    sought: Sought = field(default_factory=dict, repr=False)

    @property
    def sources(self) -> tuple[Path, ...]:
        """Folders that are not written into."""
        return self.loaded.folders

    @property
    def is_all_disabled(self) -> bool:
        """Say whether there is nothing to render because the schema disables it."""
        return not self.loaded.selected


def prepare(wanted: Wanted, workers: Workers) -> tuple[Delivery, ...]:
    """Load and render each project; raise `AgentgenError` with the problems of all of them."""
    return tuple(_prepared(wanted, workers))


def planned_outputs(wanted: Wanted) -> tuple[Path, ...]:
    """Return the paths of all files that a render of a project writes, without rendering.

    Raises `AgentgenError` for errors in files, because of which nothing would be written.
    """
    loaded = load(wanted.request)
    if loaded.problems:
        raise AgentgenError([*loaded.problems, *loaded.diagnostics])
    items: tuple[Agent | Prompt, ...] = (*loaded.selected, *loaded.project.prompts)
    outputs = {
        target.path(item)
        for target in find_targets(wanted.targets, loaded.settings)
        for item in items
        if target.takes(item)
    }
    root = real_path(_root(wanted, loaded))
    return tuple(root / path for path in sorted(outputs))


def _prepared(wanted: Wanted, workers: Workers) -> Iterator[Delivery]:
    problems: dict[Diagnostic, list[str]] = {}
    count = 0
    for name, output, loaded in _loaded(wanted):
        count += 1
        try:
            yield rendered(loaded, replace(wanted, output=output), workers, name)
        except AgentgenError as error:
            for found in error.diagnostics:
                problems.setdefault(found, []).append(name)
    if problems:
        raise AgentgenError(_of_projects(found, names, count) for found, names in problems.items())


def _of_projects(found: Diagnostic, names: list[str], count: int) -> Diagnostic:
    """Return a diagnostic that says which projects it is about, if it is not about all."""
    if len(names) == count:
        return found
    others = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    note = Note(f"for the project {quoted(names[0])}{others}")
    return replace(found, notes=(*found.notes, note))


def _loaded(wanted: Wanted) -> Iterator[tuple[str, str | None, Loaded]]:
    """Yield each project with its name and output."""
    request = wanted.request
    if wanted.for_each is None:
        yield "", wanted.output, load(request)
        return
    output = wanted.output or _output_of_each(request)
    members = find_members(request.directory, wanted.for_each, output, wanted.shard)
    requests = [replace(request, schema=(*request.schema, member.name)) for member in members]
    for member, loaded in zip(members, load_each(requests), strict=True):
        yield member.name, member.output, loaded


def _output_of_each(request: Request) -> str:
    """Return where the projects of a fleet go by the settings: below the folder of each schema."""
    output = find_settings(request.directory, ShownPath(Path.cwd())).settings.output
    return output if "{" in output else f"{{dir}}/{output}"


def rendered(loaded: Loaded, wanted: Wanted, workers: Workers, name: str = "") -> Delivery:
    """Render a project for the targets of a run; raise `AgentgenError` with all its problems."""
    chosen = find_targets(wanted.targets, loaded.settings)
    probed: dict[Path, bool] = {}

    def exists(path: Path) -> bool:
        return probed.setdefault(path, paths.exists(path))

    rendered = render_targets(loaded, chosen, workers, exists)
    from agentgen.suppression import suppress  # it has loaded while templates were rendered

    names = frozenset(target.name for target in chosen) if wanted.targets else None
    found = suppress(
        rendered.diagnostics,
        [document.source for document in loaded.project.documents.values()],
        loaded.settings.lint,
    )
    return Delivery(
        _root(wanted, loaded),
        rendered.artifacts,
        loaded,
        loaded.everything and wanted.prune,
        names,
        chosen,
        found,
        name,
        probed,
        rendered.sought,
    )


def _root(wanted: Wanted, loaded: Loaded) -> Path:
    if wanted.output is not None:
        return wanted.request.directory / wanted.output
    return loaded.found.root / loaded.settings.output
