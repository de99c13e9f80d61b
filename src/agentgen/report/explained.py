"""Explanations as text for people, and as JSON for programs.

`docs/explain.md` describes the JSON. Values are cut in the text, and whole in the JSON.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from agentgen.diagnostics import Location
from agentgen.explanation import (
    ABSENT,
    DEFAULT,
    ItemExplanation,
    KeyExplanation,
    KeyUse,
    Lead,
    Reach,
    ReadBy,
    Reading,
)
from agentgen.model import Agent, Data
from agentgen.outcome import How
from agentgen.report.text import counted, fitted, inert, place, width
from agentgen.source import flow

Row = tuple[str, ...]
Landing = tuple[str, str]
"""A target's name, and the path of the artifact there."""

WIDEST_VALUE = 24
"""Columns of a value."""
WIDEST_CELL = 60
"""Columns of a key or a name."""

_DONE = {
    How.PRINTED: "printed",
    How.TESTED: "tested",
    How.LOOPED: "looped over",
    How.DEFAULTED: "defaulted",
    How.READ: "read",
}
_LEADS = {"include": "included", "import": "imported", "extends": "extended", "link": "linked"}


def item_as_text(found: ItemExplanation, landings: Sequence[Landing], *, columns: int) -> str:
    """Return all that there is to say about an agent, prompt or partial."""
    item = found.item
    parts = [[f"{_name(item.name)} ({found.kind})"]]
    if item.description:
        parts[0] += _folded(" ".join(item.description.split()), columns)
    facts = [("source", inert(item.document.source.path))]
    facts += [("lands", f"{inert(path)} ({target})") for target, path in landings]
    if isinstance(item, Agent):
        facts.append(("tools", _cut(", ".join(item.tools) or "not said", columns - 10)))
    parts.append(_table(facts))
    nothing = "it reads no key of the project schema"
    parts.append(_section(found.schema_keys, "schema key", nothing))
    if found.agent_keys:
        parts.append(_section(found.agent_keys, "agent key", ""))
    for title, tags in (("include", ("include", "import", "extends")), ("link", ("link",))):
        leads = [each for each in found.leads if each.how in tags]
        if leads:
            rows = list(dict.fromkeys(_lead_row(each) for each in leads))
            parts.append([counted(len(rows), title), *_table(rows)])
    if found.kind != "agent":
        parts.append(_reached(found.reached))
    return _paragraphs(parts, is_complete=found.is_complete)


def _name(text: str) -> str:
    return inert(text, WIDEST_CELL)


def _section(uses: Sequence[KeyUse], title: str, nothing: str) -> list[str]:
    rows = [_key_row(each) for each in uses]
    return [counted(len(rows), title) if rows else nothing, *_table(rows)]


def _key_row(use: KeyUse) -> Row:
    return (_name(use.key), _value(use), _how(use.readings), _where(use.readings))


def _value(use: KeyUse | KeyExplanation, columns: int = WIDEST_VALUE) -> str:
    if use.origin == ABSENT:
        return "(absent)"
    text = _shown(use.values)
    if use.origin == DEFAULT:
        return f"{_cut(text, columns - 10)} (default)".lstrip()
    return _cut(text, columns)


def _shown(values: Sequence[Data]) -> str:
    return ", ".join(dict.fromkeys(_one(each) for each in values[:20]))


def _one(value: Data) -> str:
    if isinstance(value, str):
        return " ".join(value[:200].split())
    if isinstance(value, list):
        if all(isinstance(each, str) for each in value):
            return ", ".join(_one(each) for each in value[:20]) or "[]"
        return counted(len(value), "item")
    if isinstance(value, dict):
        return counted(len(value), "key")
    return flow(value)


def _cut(text: str, columns: int) -> str:
    return fitted(text, max(columns, 10))


def _how(readings: Iterable[Reading]) -> str:
    done = dict.fromkeys(_DONE[each.how] for each in readings if each.how is not How.DEFAULTED)
    defaults = dict.fromkeys(each.default for each in readings if each.default is not None)
    words = [*done, *(f"default {_cut(default, 30)}" for default in defaults)]
    return ", ".join(words)


def _where(readings: Iterable[Reading]) -> str:
    places = list(dict.fromkeys(place(each.places[0]) for each in readings))
    more = f" +{len(places) - 1}" if len(places) > 1 else ""
    return f"{places[0]}{more}"


def _lead_row(lead: Lead) -> Row:
    name = inert(lead.document.source.path) if lead.document else "(computed)"
    return (name, _LEADS.get(lead.how, lead.how), place(lead.places[0]))


def _reached(reached: Sequence[Reach]) -> list[str]:
    if not reached:
        return ["nothing leads to it"]
    lines = []
    for kind, found in groupby(reached, key=lambda reach: reach.kind):
        rows = []
        for each in found:
            through = f", through {inert(each.through.source.path)}" if each.through else ""
            how = _LEADS.get(each.how, each.how)
            rows.append((_name(each.item.name), f"{how}{through}", place(each.place)))
        lines += [f"led to by {counted(len(rows), kind)}", *_table(rows)]
    return lines


def key_as_text(found: KeyExplanation, *, columns: int) -> str:
    """Return what a key is, and who reads it."""
    head = [_name(found.key)]
    if found.description:
        head += _folded(found.description, columns)
    facts = [("value", _value(found, columns - 10))]
    facts += [("given", place(each)) for each in found.given[:5]]
    parts = [head, _table(facts)]
    for kind, group in groupby(found.read_by, key=lambda reader: _kind(reader.item)):
        readers = list(group)
        rows = [row for each in readers for row in _reader_rows(each)]
        is_plain = all(row[1] == _name(found.key) for row in rows)
        shown = [(row[0], *row[2:]) for row in rows] if is_plain else rows
        parts.append([counted(len(readers), kind), *_table(shown)])
    if not found.read_by:
        parts.append(["no agent and no prompt reads it"])
    return _paragraphs(parts, is_complete=found.is_complete)


def _reader_rows(reader: ReadBy) -> Iterator[Row]:
    for key in dict.fromkeys(each.key for each in reader.readings):
        of_key = [each for each in reader.readings if each.key == key]
        yield (_name(reader.item.name), _name(key), _how(of_key), _where(of_key))


def _folded(text: str, columns: int) -> list[str]:
    import textwrap

    return textwrap.wrap(inert(text, 1000), max(columns, 20))


def _table(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    widths = [max(width(row[index]) for row in rows) for index in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell + " " * (widths[index] - width(cell)) for index, cell in enumerate(row)]
        lines.append(("  " + "  ".join(cells)).rstrip())
    return lines


def _paragraphs(parts: Iterable[list[str]], *, is_complete: bool) -> str:
    listed = [*parts]
    if not is_complete:
        listed.append(["not everything could be looked at: there may be more"])
    return "\n\n".join("\n".join(lines) for lines in listed if lines) + "\n"


def item_as_data(found: ItemExplanation, landings: Sequence[Landing]) -> dict[str, Any]:
    """Return an explanation of an agent, prompt or partial as plain data."""
    item = found.item
    data: dict[str, Any] = {
        "name": item.name,
        "description": item.description,
        "source": item.document.source.path,
        "artifacts": [{"target": target, "path": path} for target, path in landings],
    }
    if isinstance(item, Agent):
        data["tools"] = list(item.tools)
    data["schema_keys"] = [_use_data(each) for each in found.schema_keys]
    data["agent_keys"] = [_use_data(each) for each in found.agent_keys]
    data["leads_to"] = [
        {
            "source": lead.document.source.path if lead.document else None,
            "how": lead.how,
            **_places(lead.places),
        }
        for lead in found.leads
    ]
    if found.kind != "agent":
        data["reached_from"] = [
            {
                "kind": each.kind,
                "name": each.item.name,
                "how": each.how,
                "through": each.through.source.path if each.through else None,
                **_places((each.place,)),
            }
            for each in found.reached
        ]
    return {found.kind: {**data, "is_complete": found.is_complete}}


def key_as_data(found: KeyExplanation) -> dict[str, Any]:
    """Return an explanation of a key as plain data."""
    return {
        "key": {
            "key": found.key,
            "description": found.description,
            "values": list(found.values),
            "origin": found.origin,
            "given": [_places((each,)) for each in found.given],
            "read_by": [
                {
                    "kind": _kind(each.item),
                    "name": each.item.name,
                    "source": each.item.document.source.path,
                    "readings": [_reading_data(reading) for reading in each.readings],
                }
                for each in found.read_by
            ],
            "is_complete": found.is_complete,
        }
    }


def _kind(item: object) -> str:
    return "agent" if isinstance(item, Agent) else "prompt"


def _use_data(use: KeyUse) -> dict[str, Any]:
    return {
        "key": use.key,
        "values": list(use.values),
        "origin": use.origin,
        "readings": [_reading_data(each) for each in use.readings],
    }


def _reading_data(reading: Reading) -> dict[str, Any]:
    return {
        "key": reading.key,
        "how": str(reading.how),
        "whole": reading.whole,
        "default": reading.default,
        **_places(reading.places),
    }


def _places(places: tuple[Location, ...]) -> dict[str, Any]:
    here, *outer = places
    place = {"path": here.path, "line": here.line, "column": here.column}
    if not outer:
        return place
    return {**place, "from": [{"path": each.path, "line": each.line} for each in outer]}
