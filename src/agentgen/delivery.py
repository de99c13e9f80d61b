"""What projects render to, on its way to their output roots: judged, compared, or written.

A run is one project, or a fleet of them. Everything is rendered, and every refusal is known, before
the first file is written.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from agentgen import manifest, paths
from agentgen.api import find_targets
from agentgen.depfile import as_depfile
from agentgen.diagnostics import AgentgenError, Diagnostic, Note, fail, has_errors, quoted
from agentgen.drift import Action, Plan, Scope
from agentgen.fleet import Shard, find_members
from agentgen.frozen import Frozen, field, replace
from agentgen.loader import Loaded, Request, load, load_each
from agentgen.manifest import Entry
from agentgen.model import Agent, Artifact, Prompt
from agentgen.on_disk import OutputRoot
from agentgen.paths import ShownPath, real_path
from agentgen.rendering import Sought, render_targets
from agentgen.report.changes import Kind, Report
from agentgen.settings import find_settings
from agentgen.suppression import suppress
from agentgen.targets import TARGETS, Target
from agentgen.workers import Workers
from agentgen.writer import kept_orphans, refusal, replace_file, require_fine_paths, write


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

    `scope` is what the run judges beyond the artifacts, `diagnostics` are warnings about sources,
    `name` tells the projects of a fleet apart. `probed` says which paths were looked for, and were
    there, `sought` what includes led to.
    """

    root: Path
    artifacts: tuple[Artifact, ...] = field(repr=False)
    scope: Scope
    loaded: Loaded = field(repr=False)
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


OnWritten = Callable[[Wanted, Delivery, Report], None]
"""Is told of each project that was written, and how."""


def run(
    wanted: Wanted,
    workers: Workers,
    on_written: OnWritten = lambda _wanted, _delivery, _report: None,
) -> tuple[Report, ...]:
    """Do what is wanted, and return a report for each project.

    Raises `AgentgenError`, with nothing changed, with every problem of every file, template and
    project; and where the disk refuses, with what is then new in its message.
    """
    deliveries = list(_prepared(wanted, workers))
    if wanted.kind is Kind.CHECK:
        return tuple(_compare(each, force=wanted.force) for each in deliveries)
    if wanted.kind is Kind.PLAN:
        return tuple(_judge(each, force=wanted.force) for each in deliveries)
    _require_own_files(deliveries, wanted)
    rule = make_rule(deliveries, wanted) if wanted.depfile else ""
    if len(deliveries) > 1:
        _require_consent(deliveries, force=wanted.force)
    reports = tuple(deliver(each, force=wanted.force) for each in deliveries)
    for path, text in ((wanted.depfile, rule), (wanted.stamp, "")):
        if path is not None:
            replace_file(wanted.request.directory / path, text.encode())
    for delivery, report in zip(deliveries, reports, strict=True):
        on_written(wanted, delivery, report)
    return reports


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


def make_rule(deliveries: Sequence[Delivery], wanted: Wanted) -> str:
    """Return a makefile by which the stamp, or without one each output, depends on all inputs.

    An output that is gone is a reason to make the stamp again. So is a change in a folder of
    sources, which can hold a new file; its name ends in a dot, for `agents` may be a goal.
    """
    shown = ShownPath(Path.cwd())
    inputs = [shown(path) for each in deliveries for path in each.loaded.inputs]
    inputs += [
        f"{shown(folder)}/."
        for each in deliveries
        for folder in sorted({*each.sources, *(path.parent for path in each.loaded.inputs)})
        if folder.is_dir() and any(map(folder.is_relative_to, each.sources))
    ]
    outputs = [
        shown(real_path(each.root) / artifact.path)
        for each in deliveries
        for artifact in each.artifacts
    ]
    if wanted.stamp is None:
        return as_depfile(outputs, inputs)
    stamp = shown(real_path(wanted.request.directory / wanted.stamp))
    return as_depfile([stamp], [*inputs, *outputs])


def _require_own_files(deliveries: Sequence[Delivery], wanted: Wanted) -> None:
    """Raise `AgentgenError` for a depfile or stamp that would take the place of another file."""
    named = {
        option: real_path(wanted.request.directory / path)
        for option, path in (("--depfile", wanted.depfile), ("--stamp", wanted.stamp))
        if path is not None
    }
    if not named:
        return
    sources = {real_path(folder) for each in deliveries for folder in each.sources}
    taken = {real_path(path) for each in deliveries for path in each.loaded.inputs}
    for each in deliveries:
        root = real_path(each.root)
        taken |= {root / manifest.NAME, *(root / artifact.path for artifact in each.artifacts)}
    for option, path in named.items():
        if path in taken or any(map(path.is_relative_to, sources)):
            shown = ShownPath(Path.cwd())(path)
            message = f"{quoted(option)} is for a file of its own, and {quoted(shown)} is none"
            raise fail("invalid-option", message, help="choose a path of no source and no output")
        taken.add(path)


def _prepared(wanted: Wanted, workers: Workers) -> Iterator[Delivery]:
    """Load and render each project; raise `AgentgenError` with the problems of all of them."""
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
    names = frozenset(target.name for target in chosen) if wanted.targets else None
    found = suppress(
        rendered.diagnostics,
        [document.source for document in loaded.project.documents.values()],
        loaded.settings.lint,
    )
    return Delivery(
        _root(wanted, loaded),
        rendered.artifacts,
        Scope(loaded.everything and wanted.prune, names, _could_be_written),
        loaded,
        chosen,
        found,
        name,
        probed,
        rendered.sought,
    )


def _could_be_written(entry: Entry) -> bool:
    """Say whether its target writes where a manifest says; the user's own files lie elsewhere."""
    target = TARGETS.get(entry.target)
    return target is not None and target.writes(PurePosixPath(entry.path))


def _root(wanted: Wanted, loaded: Loaded) -> Path:
    if wanted.output is not None:
        return wanted.request.directory / wanted.output
    return loaded.found.root / loaded.settings.output


def _require_consent(deliveries: Iterable[Delivery], *, force: bool) -> None:
    """Raise `AgentgenError` with all that any project would refuse, before one is written."""
    problems = [
        found
        for each in deliveries
        for found in _judge(each, force=force).diagnostics
        if has_errors([found])
    ]
    if problems:
        raise AgentgenError(problems)


def deliver(delivery: Delivery, *, force: bool) -> Report:
    """Write what was rendered; return what was done."""
    sources, scope = delivery.sources, delivery.scope
    changes = write(delivery.artifacts, delivery.root, sources, scope, force=force)
    kept = kept_orphans(changes, OutputRoot(delivery.root))
    return replace(_report(delivery), changes=changes, diagnostics=(*delivery.diagnostics, *kept))


def _judge(delivery: Delivery, *, force: bool) -> Report:
    """Return what delivering would do; what it would refuse is an error in the report."""
    output, plan = OutputRoot(delivery.root), _plan(delivery, force=force)
    refused = (refusal(change, output) for change in plan.of(Action.REFUSE))
    found = (*delivery.diagnostics, *kept_orphans(plan.changes, output), *refused)
    return replace(_report(delivery), changes=plan.changes, diagnostics=found)


def _compare(delivery: Delivery, *, force: bool) -> Report:
    """Return how the disk differs from the render.

    A manifest that is there and wrong counts by itself only where no other file does.
    """
    plan = _plan(delivery, force=force)
    found = OutputRoot(delivery.root).look(PurePosixPath(manifest.NAME))
    follows = plan.of_manifest(found)
    changes = plan.changes
    if follows and found.data is not None and not any(change.drift for change in changes):
        changes, follows = (follows, *changes), None
    return replace(_report(delivery), changes=changes, manifest=follows)


def _plan(delivery: Delivery, *, force: bool) -> Plan:
    require_fine_paths(list(delivery.artifacts), delivery.root, delivery.sources)
    output = OutputRoot(delivery.root, delivery.sources)
    return output.plan(delivery.artifacts, delivery.scope, force=force)


def _report(delivery: Delivery) -> Report:
    shown = OutputRoot(delivery.root).shown()
    return Report(
        shown,
        diff_root=_diff_root(delivery) if Path(shown).is_absolute() else None,
        diagnostics=delivery.diagnostics,
        name=delivery.name,
        is_all_disabled=delivery.is_all_disabled,
    )


def _diff_root(delivery: Delivery) -> str:
    """Return the output root from the project's folder, where a diff can be applied."""
    root, project = real_path(delivery.root), real_path(delivery.loaded.found.root)
    return root.relative_to(project).as_posix() if root.is_relative_to(project) else ""
