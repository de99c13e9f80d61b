"""What a project renders to, on its way to its output root: judged, compared, or written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from agentgen import manifest
from agentgen.api import find_targets
from agentgen.diagnostics import Diagnostic
from agentgen.drift import Change, Plan, Scope
from agentgen.loader import Request, load
from agentgen.model import Artifact
from agentgen.on_disk import OutputRoot
from agentgen.rendering import render_targets
from agentgen.report.changes import Report
from agentgen.suppression import suppress
from agentgen.workers import Workers
from agentgen.writer import kept_orphans, refusal, require_fine_paths, write


@dataclass(frozen=True, slots=True)
class Delivery:
    """Rendered artifacts and where they go; `sources` are folders that are not written into.

    `scope` is what the run judges beyond the artifacts. `diagnostics` are warnings about sources.
    """

    root: Path
    artifacts: tuple[Artifact, ...]
    scope: Scope
    sources: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...] = field(default=(), repr=False)
    is_all_disabled: bool = False


def prepare(
    request: Request,
    targets: tuple[str, ...],
    output: str | None,
    workers: Workers,
    *,
    prune: bool = True,
) -> Delivery:
    """Load and render what a request is about; `output` is relative to its directory.

    `targets` are names; without any, those of the settings are meant. What they have left behind is
    judged as well, unless some agents are left out or `prune` is false. Raises `AgentgenError` with
    every problem of every file and every template.
    """
    loaded = load(request)
    chosen = find_targets(targets, loaded.settings)
    rendered = render_targets(loaded, chosen, workers)
    names = frozenset(target.name for target in chosen) if targets else None
    found = suppress(
        rendered.diagnostics,
        [document.source for document in loaded.project.documents.values()],
        loaded.settings.lint,
        report_unused=False,
    )
    return Delivery(
        request.directory / output if output else loaded.found.root / loaded.settings.output,
        rendered.artifacts,
        Scope(orphans=loaded.everything and prune, targets=names),
        loaded.folders,
        found,
        is_all_disabled=not loaded.selected,
    )


def deliver(delivery: Delivery, *, force: bool) -> Report:
    """Write the artifacts; return what was done. Raises as `writer.write` does."""
    changes = write(
        delivery.artifacts, delivery.root, delivery.sources, delivery.scope, force=force
    )
    return _report(delivery, changes)


def judge(delivery: Delivery, *, force: bool = False) -> Report:
    """Return what `deliver` would do, and write nothing; what it would refuse is an error in it.

    Raises `AgentgenError` for artifacts that nothing could be done about, and a bad manifest.
    """
    plan = _plan(delivery, force=force)
    output = OutputRoot(delivery.root)
    refused = [refusal(change, output) for change in plan.changes if change.action == "refuse"]
    return _report(delivery, plan.changes, refused)


def compare(delivery: Delivery, *, force: bool = False) -> Report:
    """Return how the disk differs from the render, and write nothing.

    A manifest that is there and wrong counts by itself only where no other file does.
    """
    plan = _plan(delivery, force=force)
    output = OutputRoot(delivery.root)
    found = output.look(PurePosixPath(manifest.NAME))
    follows = plan.of_manifest(found)
    changes = plan.changes
    if follows and found.data is not None and not any(change.drift for change in changes):
        changes, follows = (follows, *changes), None
    return Report(output.shown(), changes, delivery.diagnostics, manifest=follows)


def _plan(delivery: Delivery, *, force: bool) -> Plan:
    require_fine_paths(list(delivery.artifacts), delivery.root, delivery.sources)
    output = OutputRoot(delivery.root, delivery.sources)
    return output.plan(delivery.artifacts, delivery.scope, force=force)


def _report(
    delivery: Delivery, changes: Iterable[Change], refused: Iterable[Diagnostic] = ()
) -> Report:
    output = OutputRoot(delivery.root)
    listed = tuple(changes)
    found = (*delivery.diagnostics, *kept_orphans(listed, output), *refused)
    return Report(output.shown(), listed, found)
