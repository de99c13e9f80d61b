"""What was rendered comes to its output roots: judged, compared, or written.

Every refusal is known before the first file is written.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath

from agentgen import manifest
from agentgen.delivery import Delivery, Wanted
from agentgen.depfile import as_depfile
from agentgen.diagnostics import AgentgenError, fail, has_errors, quoted
from agentgen.drift import Action, Plan, Scope
from agentgen.frozen import replace
from agentgen.manifest import Entry
from agentgen.modes import Kind
from agentgen.on_disk import OutputRoot
from agentgen.paths import ShownPath, real_path
from agentgen.report.changes import Report
from agentgen.targets import TARGETS
from agentgen.writer import kept_orphans, refusal, replace_file, require_fine_paths, write

OnWritten = Callable[[Wanted, Delivery, Report], None]
"""Is told of each project that was written, and how."""


def arrive(
    deliveries: Sequence[Delivery],
    wanted: Wanted,
    on_written: OnWritten = lambda _wanted, _delivery, _report: None,
) -> tuple[Report, ...]:
    """Do what is wanted with all that was rendered, and return a report for each project.

    Raises `AgentgenError`, with nothing changed, with all that any project refuses; and where the
    disk refuses, with what is then new in its message.
    """
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
    sources = delivery.sources
    changes = write(delivery.artifacts, delivery.root, sources, _scope(delivery), force=force)
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
    return output.plan(delivery.artifacts, _scope(delivery), force=force)


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


def _scope(delivery: Delivery) -> Scope:
    return Scope(delivery.prunes, delivery.asked_for, _could_be_written)


def _could_be_written(entry: Entry) -> bool:
    """Say whether its target writes where a manifest says; the user's own files lie elsewhere."""
    target = TARGETS.get(entry.target)
    return target is not None and target.writes(PurePosixPath(entry.path))
