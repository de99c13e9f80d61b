"""What was done about files, or would be: as lines, JSON, annotations, and Markdown.

The JSON has a version; what breaks readers makes it grow. Its shape is in docs/ci.md.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from agentgen.diagnostics import Diagnostic
from agentgen.drift import Action, Change, Drift
from agentgen.frozen import Frozen
from agentgen.report.github import as_github, command, in_repository
from agentgen.report.structured import as_data
from agentgen.report.text import counted, inert, summary

VERSION = 1
DONE = {Action.WRITE: "written", Action.KEEP: "unchanged", Action.REMOVE: "removed"}
"""What has become of a file, by the action that was taken."""
KEPT = "kept"
"""What has become of an orphan that was not removed."""


class Report(Frozen):
    """The changes below one output root, shown as `root`, and what there is to say about them.

    `name` tells the projects of one run apart; `manifest` is a change that follows from the others.
    `diff_root` is the output root as a diff names it, where that is not `root`.
    `untouched` files are as they were, and were not looked at again.
    """

    root: str
    changes: tuple[Change, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    name: str = ""
    manifest: Change | None = None
    is_all_disabled: bool = False
    diff_root: str | None = None
    untouched: int = 0

    def path(self, change: Change) -> str:
        """Return the path of a file as messages show it."""
        return str(PurePosixPath(self.root) / change.path)

    @property
    def drifted(self) -> tuple[Change, ...]:
        """The files that are not as rendered."""
        return tuple(change for change in self.changes if change.drift is not None)


def done(change: Change) -> str:
    """Return what has become of a file."""
    kept = change.action is Action.KEEP and change.drift is not None
    return KEPT if kept else DONE.get(change.action, "refused")


def done_lines(report: Report) -> Iterator[str]:
    """Yield a line for each file: what has become of it."""
    for change in report.changes:
        yield _line(f"{done(change):>9}", report, change)


def drift_lines(report: Report) -> Iterator[str]:
    """Yield a line for each file that is not as rendered."""
    for change in report.drifted:
        yield _line(f"{change.drift:>8}", report, change)


def slight_lines(report: Report) -> Iterator[str]:
    """Yield a line for each file that differs in what git and editors change by themselves."""
    for change in report.changes:
        if change.drift is None and change.reason:
            yield _line("as rendered", report, change)


def plan_lines(report: Report) -> Iterator[str]:
    """Yield a line for each file: what would be done, and why."""
    for change in report.changes:
        word = f" ({change.drift})" if change.drift else ""
        yield _line(f"{change.action:>6}", report, change, word)


def _line(word: str, report: Report, change: Change, why: str = "") -> str:
    reason = f": {change.reason}" if change.reason else ""
    text = f"{word} {report.path(change)}{why}{reason}"
    return inert(text, len(text) * 10 + 1)


def done_summary(reports: Iterable[Report]) -> str:
    """Return how many files were written, left, and removed, and where."""
    listed = list(reports)
    words = Counter(done(change) for each in listed for change in each.changes)
    words[DONE[Action.KEEP]] += sum(each.untouched for each in listed)
    parts = [counted(words["written"], "file") + " written"] if words["written"] else []
    parts += [f"{words[word]:,} {word}" for word in ("unchanged", "removed", KEPT) if words[word]]
    first, *others = parts or ["nothing to do"]
    where = listed[0].root if len(listed) == 1 else counted(len(listed), "project")
    return ", ".join([f"{first} {'to' if words['written'] else 'in'} {where}", *others])


def drift_summary(reports: Iterable[Report]) -> str:
    """Return how many files are not as rendered, and how."""
    changes = [change for each in reports for change in each.changes]
    drifts = Counter(change.drift for change in changes if change.drift)
    if not drifts:
        return f"{counted(len(changes), 'file')} as rendered"
    counts = ", ".join(f"{drifts[drift]:,} {drift}" for drift in Drift if drifts[drift])
    return f"{drifts.total():,} of {counted(len(changes), 'file')} not as rendered: {counts}"


def plan_summary(reports: Iterable[Report]) -> str:
    """Return how many files a run would write, keep, remove, and refuse to overwrite."""
    actions = Counter(change.action for each in reports for change in each.changes)
    return ", ".join(f"{actions[each]:,} to {each}" for each in Action if actions[each])


def cure(change: Change) -> str:
    """Return what to do about a file that is not as rendered."""
    if change.found.obstacle is not None:
        return "move it away"
    if change.action is Action.KEEP and change.entry is None:
        return "`agentgen render` forgets it, and keeps the file"
    if change.action is Action.KEEP:
        return "remove it by hand, or with `--force`"
    return _CURES[change.drift or Drift.STALE]


_CURES = {
    Drift.MISSING: "`agentgen render` writes it",
    Drift.STALE: "`agentgen render` writes it anew",
    Drift.EDITED: "make the change in its source, or drop it with `agentgen render --force`",
    Drift.ORPHANED: "`agentgen render` removes it",
}


def diff(report: Report) -> bytes:
    """Return what makes the disk what is rendered, as a diff that `git apply` takes."""
    from agentgen.report.diff import as_diff

    root = PurePosixPath(report.root if report.diff_root is None else report.diff_root)
    shown = filter(is_in_diff, (*report.drifted, *filter(None, [report.manifest])))
    return b"".join(
        as_diff(str(root / change.path), change.found.data, change.new) for change in shown
    )


def is_in_diff(change: Change) -> bool:
    """Say whether a diff has a change: of no orphan that is kept, nor of what is in the way."""
    is_kept = change.drift is Drift.ORPHANED and change.action is not Action.REMOVE
    return change.found.obstacle is None and not is_kept


def as_json(kind: str, reports: Iterable[Report], diagnostics: Iterable[Diagnostic] = ()) -> str:
    """Return what `render`, `render --check` or `render --dry-run` (its `kind`) has to report."""
    listed = list(reports)
    found = [*diagnostics, *(each for report in listed for each in report.diagnostics)]
    changes = [change for report in listed for change in report.changes]
    data: dict[str, Any] = as_data(found)
    counts = Counter(str(change.drift) for change in changes if change.drift)
    shape = {
        "version": VERSION,
        "report": kind,
        "projects": [_project(report) for report in listed],
        "diagnostics": data["diagnostics"],
        "summary": {
            "files": len(changes),
            **{str(drift): counts[drift] for drift in Drift},
            **data["summary"],
        },
    }
    return json.dumps(shape, indent=2) + "\n"


def _project(report: Report) -> dict[str, Any]:
    return {
        "name": report.name or None,
        "output": report.root,
        "files": [
            {
                "path": report.path(change),
                "action": change.action,
                "drift": change.drift,
                "reason": change.reason,
                "source": change.source or None,
                "target": change.target or None,
            }
            for change in report.changes
        ],
    }


def drift_annotations(reports: Iterable[Report], message: str | None) -> str:
    """Return a workflow command for each file that is not as rendered."""
    lines = []
    for report in reports:
        for change in report.drifted:
            reason = change.reason or _REASONS[change.drift or Drift.STALE]
            text = f"this file is {change.drift}: {reason}"
            path = report.path(change)
            lines.append(
                command(
                    "error",
                    text,
                    message or cure(change),
                    file=in_repository(path),
                    title=change.drift,
                )
            )
        lines.append(as_github(report.diagnostics))
    return "".join(lines)


_REASONS = {
    Drift.MISSING: "it is rendered, and not there",
    Drift.STALE: "its sources have changed since it was written",
    Drift.EDITED: "it was changed by hand",
    Drift.ORPHANED: "nothing produces it any more",
}


def as_markdown(
    title: str,
    reports: Iterable[Report],
    said: str,
    diagnostics: Iterable[Diagnostic] = (),
) -> str:
    """Return the summary of a job: a title, one sentence, and a table of what there is to see."""
    listed = list(reports)
    rows = [
        f"| {_cell(report.path(change))} | {change.drift} | {_sentence(change.reason or '')} |"
        for report in listed
        for change in report.drifted
    ]
    found = [*diagnostics, *(each for report in listed for each in report.diagnostics)]
    lines = [f"### {title}", "", _sentence(said)]
    if rows:
        lines += ["", "| file | | |", "|---|---|---|", *rows[:MOST_ROWS]]
        lines += [f"| {len(rows) - MOST_ROWS:,} more | | |"] if len(rows) > MOST_ROWS else []
    if found:
        lines += [""] if summary(found) in said else ["", f"{summary(found)}:", ""]
        lines += [f"- {_diagnostic(each)}" for each in found[:MOST_ROWS]]
        lines += [f"- {len(found) - MOST_ROWS:,} more"] if len(found) > MOST_ROWS else []
    return "".join(f"{line}\n" for line in lines) + "\n"


MOST_ROWS = 200
"""GitHub shows 1 MiB of a summary, and nobody reads more than this."""


def _diagnostic(diagnostic: Diagnostic) -> str:
    where = diagnostic.location
    line = f":{where.line}" if where and where.line else ""
    place = f"{_code(f'{where.path}{line}')} " if where else ""
    return f"{place}{diagnostic.severity}[{diagnostic.rule}]: {_code(diagnostic.message)}"


def _code(text: str) -> str:
    safe = inert(text, len(text) * 10 + 1).replace("`", "'")
    return f"`{safe}`"


def _cell(text: str) -> str:
    return _code(text).replace("|", "\\|")


def _sentence(text: str) -> str:
    safe = inert(text, len(text) * 10 + 1)
    for character in "\\|<>[]":
        safe = safe.replace(character, f"\\{character}")
    return safe
