"""What clients say of agents: a table for people, lines with tabs for pipes, JSON for programs."""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from agentgen import report
from agentgen.targets.slugs import slug
from agentgen.verify import Answer, Outcome, Verdict, Verified

JSON_VERSION = 1
"""Of the shape that `--json` prints; a change that breaks readers makes it grow."""

SAID = {
    Outcome.LOADED: "loaded",
    Outcome.LOST_TOOLS: "lost tools",
    Outcome.REFUSED: "refused",
    Outcome.UNANSWERED: "no answer",
}
_INDENT = "  "


def print_verdicts(verified: Verified, *, as_json: bool) -> None:
    """Print what clients say on stdout, in the form that fits whoever reads it."""
    if as_json:
        click.echo(json.dumps(as_data(verified), indent=2))
    elif sys.stdout is not None and sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
        for line in _table(verified):
            click.echo(report.fitted(line, width).rstrip())
    else:
        for cells in _rows(verified):
            click.echo("\t".join(report.inert(each, len(each) * 10 + 1) for each in cells))


def as_data(verified: Verified) -> dict[str, Any]:
    """Return `{"version", "network", "clients", "verdicts"}`.

    `network` is `cut-off` or `settings-only`. A client has `name`, `title`, `target`, `installed`
    and `version`, which is null where it is not known. A verdict has `client`, `agent`, `path` in
    the project, `source`, `outcome` (`loaded`, `lost-tools`, `refused`, `unanswered`), `tools`,
    null where the client does not say, `lost`, and `reason`, which may be null.
    """
    return {
        "version": JSON_VERSION,
        "network": "cut-off" if verified.is_cut_off else "settings-only",
        "clients": [_client(answer) for answer in verified.answers],
        "verdicts": [
            _verdict(answer, verdict) for answer in verified.answers for verdict in answer.verdicts
        ],
    }


def summed_up(verified: Verified) -> Iterator[str]:
    """Yield how many verdicts there are of each kind, and which clients were not there."""
    verdicts = [verdict for answer in verified.answers for verdict in answer.verdicts]
    counts = Counter(verdict.outcome for verdict in verdicts)
    asked = sum(bool(answer.verdicts) for answer in verified.answers)
    names = [verdict.agent.name for verdict in verdicts]
    agents = len({slug(name) or name for name in names})  # Copilot has names as people read them
    numbers = ", ".join(f"{counts[each]:,} {SAID[each]}" for each in Outcome if counts[each])
    yield f"{report.counted(asked, 'client')}, {report.counted(agents, 'agent')}: {numbers}"
    for answer in verified.answers:
        if answer.installed is None:
            yield f"skipped {answer.client.title}: it is not installed"


def _client(answer: Answer) -> dict[str, Any]:
    client, installed = answer.client, answer.installed
    return {
        "name": client.name,
        "title": client.title,
        "target": client.target,
        "installed": installed is not None,
        "version": installed.version if installed else None,
    }


def _verdict(answer: Answer, verdict: Verdict) -> dict[str, Any]:
    return {
        "client": answer.client.name,
        "agent": verdict.agent.name,
        "path": str(verdict.agent.file.path),
        "source": verdict.agent.file.source.path,
        "outcome": str(verdict.outcome),
        "tools": None if verdict.tools is None else list(verdict.tools),
        "lost": list(verdict.lost),
        "reason": verdict.reason,
    }


def _rows(verified: Verified) -> Iterator[tuple[str, ...]]:
    for answer in verified.answers:
        client = _client(answer)
        version = client["version"] or ""
        if answer.installed is None:
            yield client["name"], "", "", "", "not-installed", "", "", ""
        for each in answer.verdicts:
            tools, lost = ",".join(each.tools or ()), ",".join(each.lost)
            agent, path = each.agent.name, str(each.agent.file.path)
            yield client["name"], version, agent, path, each.outcome, tools, lost, each.reason or ""


def _table(verified: Verified) -> Iterator[str]:
    names = [each.agent.name for answer in verified.answers for each in answer.verdicts]
    widest = min(max(map(report.width, names), default=0), 40)
    for answer in verified.answers:
        version = (
            f" {answer.installed.version}" if answer.installed and answer.installed.version else ""
        )
        yield f"{answer.client.title}{version}" + ("" if answer.installed else ": not installed")
        for each in answer.verdicts:
            name = report.fitted(each.agent.name, widest)
            padded = name + " " * (widest - report.width(name))
            yield f"{_INDENT}{padded}  {SAID[each.outcome]:<10}  {_detail(each)}"


def _detail(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.LOST_TOOLS:
        return ", ".join(verdict.lost)
    if verdict.tools is None:
        return verdict.reason or ""
    return ", ".join(verdict.tools) or "no tools"
