"""What `init` found and writes: as text for people, and as JSON, which `docs/init.md` describes."""

import json
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from agentgen.report import counted, fitted

if TYPE_CHECKING:
    from agentgen.detection import Detected, Place, Update, Value
    from agentgen.starting import Start

JSON_VERSION = 1
"""Of the shapes below; a change that breaks readers makes it grow."""
WIDTH = 100
MOST_LISTED = 3
"""Files of one folder that are named each, unless more is to be said."""


def plan_as_text(plan: "Start", *, dry_run: bool, everything: bool) -> str:
    """Return what was found, and what is written or would be."""
    lines = [*_found(plan.looked.detected), *_agents(plan), *_files(plan, everything=everything)]
    verb = "would be written" if dry_run else "written"
    lines.append(f"{counted(len(plan.new), 'file')} {verb}")
    if not dry_run and plan.new and plan.agents:
        lines.append("next: read the project schema, then `agentgen lint` and `agentgen render`")
    return "".join(f"{fitted(line, WIDTH)}\n" for line in lines)


def _found(detected: "Detected") -> Iterator[str]:
    yield "found" if detected.data() else "found nothing that says what this project is"
    rows = [
        (_name(key), _said(value), ", ".join(map(str, value.places)))
        for key, value in detected.values.items()
        if value.remark is None
    ]
    names = max((len(name) for name, _, _ in rows), default=0)
    said = min(max((len(value) for _, value, _ in rows), default=0), 40)
    for name, value, places in rows:
        yield f"  {name:<{names}}  {fitted(value, 40):<{said}}  {places}"


def _name(key: tuple[str, ...]) -> str:
    return key[0] if key[0] == "languages" and len(key) == 2 else ".".join(key)


def _said(value: "Value") -> str:
    return value.said if isinstance(value.said, str) else ", ".join(value.said)


def _agents(plan: "Start") -> Iterator[str]:
    yield counted(len(plan.agents), "agent")
    names = max((len(each.agent) for each in plan.agents), default=0)
    for each in plan.agents:
        yield f"  {each.agent:<{names}}  {each.reason}"


def _files(plan: "Start", *, everything: bool) -> Iterator[str]:
    yield "files"
    folders: dict[PurePosixPath, list[PurePosixPath]] = {}
    for each in plan.new:
        folders.setdefault(each.path.parent, []).append(each.path)
    for folder, paths in folders.items():
        if everything or len(paths) <= MOST_LISTED:
            yield from (f"  new   {path}" for path in paths)
        else:
            yield f"  new   {folder}/: {counted(len(paths), 'file')}"
    for path, is_same in sorted(plan.kept.items()):
        if everything or not is_same:
            state = "the same" if is_same else "it is there already"
            yield f"  kept  {path}: {state}"
    same = sum(plan.kept.values())
    if same and not everything:
        yield f"  kept  {counted(same, 'file')} that would be the same"


def plan_as_json(plan: "Start", *, dry_run: bool) -> str:
    """Return what was found, and what is written or would be."""
    new = [{"path": str(each.path), "action": "create"} for each in plan.new]
    kept = [
        {"path": path, "action": "keep", "same": is_same}
        for path, is_same in sorted(plan.kept.items())
    ]
    return _json(
        {
            **_detected(plan.looked.detected),
            "agents": [{"name": each.agent, "reason": each.reason} for each in plan.agents],
            "files": [*new, *kept],
            "dry_run": dry_run,
        }
    )


def detected_as_json(detected: "Detected") -> str:
    """Return what was found: each value with its places, and the project schema as a whole."""
    return _json({**_detected(detected), "schema": detected.data()})


def _detected(detected: "Detected") -> dict[str, Any]:
    return {
        "found": [
            {
                "key": list(key),
                "value": list(value.said) if isinstance(value.said, tuple) else value.said,
                "places": list(map(_place, value.places)),
            }
            for key, value in detected.values.items()
            if value.remark is None
        ],
        "passed_over": [
            {"path": path, "reason": reason}
            for path, reason in sorted(detected.passed_over.items())
        ],
        "complete": detected.is_whole,
    }


def _place(place: "Place") -> dict[str, str | int | None]:
    return {"path": place.path, "line": place.line}


def updates_as_text(changes: "Iterable[Update]") -> str:
    """Return changes as lines to take out of the project schema, and lines to put into it."""
    lines: list[str] = []
    for each in changes:
        lines += [] if each.before is None else [f"- {each.key}: {each.before}"]
        places = f"  # {', '.join(map(str, each.places))}" if each.places else ""
        lines += [] if each.after is None else [f"+ {each.key}: {each.after}{places}"]
    return "".join(f"{fitted(line, 10 * WIDTH)}\n" for line in lines)


def updates_as_json(changes: "Iterable[Update]") -> str:
    """Return changes, each with its key, what is written, what was found, and where."""
    listed = [
        {
            "key": each.key,
            "written": each.before,
            "found": each.after,
            "places": list(map(_place, each.places)),
        }
        for each in changes
    ]
    return _json({"differences": listed})


def _json(data: dict[str, Any]) -> str:
    return json.dumps({"version": JSON_VERSION, **data}, indent=2) + "\n"
