"""What there is to say about an agent, a prompt, or a key of the project schema."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from agentgen import jobs, keys
from agentgen.diagnostics import Location
from agentgen.frozen import Frozen
from agentgen.json_schema import Shape
from agentgen.model import Agent, Data, Document, Project, Prompt
from agentgen.outcome import How, Path, Use
from agentgen.schema import json_schema
from agentgen.shapes import ITEM, dotted
from agentgen.source import Mapping as YamlMapping
from agentgen.source.nodes import location
from agentgen.usage import Used, places

KINDS = ("agent", "prompt", "partial")

GIVEN, DEFAULT, ABSENT = "given", "default", "absent"
"""Where a value is from: the project has it, agentgen fills it in, or nowhere."""


class Reading(Frozen):
    """One place where a key is read, what is done with it, and what leads there.

    `whole` says that all below the key is read as well; `default` is what the template puts in its
    place where it is absent.
    """

    key: str
    how: How
    whole: bool
    default: str | None
    places: tuple[Location, ...]


class KeyUse(Frozen):
    """A key that a template reads, where, and its values in this project.

    A key below a list has a value for each item that has it.
    """

    key: str
    values: tuple[Data, ...]
    origin: str
    readings: tuple[Reading, ...]


class Lead(Frozen):
    """Something that leads to a document: a link, or the tag of an inclusion.

    `document` is None where its name is computed.
    """

    how: str
    document: Document | None
    places: tuple[Location, ...]


class Reach(Frozen):
    """An agent, prompt or partial that leads to a document, by itself or `through` another one."""

    kind: str
    item: Agent | Prompt
    how: str
    place: Location
    through: Document | None = None


class ItemExplanation(Frozen):
    """What an agent, prompt or partial (the `kind`) uses; `reached` are those that lead to it."""

    kind: str
    item: Agent | Prompt
    schema_keys: tuple[KeyUse, ...]
    agent_keys: tuple[KeyUse, ...]
    leads: tuple[Lead, ...]
    is_complete: bool
    reached: tuple[Reach, ...] = ()


class ReadBy(Frozen):
    """An agent or prompt that reads a key, and where."""

    item: Agent | Prompt
    readings: tuple[Reading, ...]


class KeyExplanation(Frozen):
    """A key of the project schema: what it is for, its values, where it is given, who reads it."""

    key: str
    description: str
    values: tuple[Data, ...]
    origin: str
    given: tuple[Location, ...]
    read_by: tuple[ReadBy, ...]
    is_complete: bool


def explain_item(project: Project, used: Used) -> ItemExplanation:
    """Return what an agent, prompt or partial uses."""
    documents = project.documents
    item = used.item
    schema, agent = _readings(used, documents, "schema"), _readings(used, documents, "agent")
    entry = jobs.project_entry(project, item.name)
    front, matter = {**entry, **item.data}, item.document.front_matter
    written = {**entry, **_plain(matter.mapping if matter else None)}
    leads = [
        Lead(each.tag, documents.get(each.name or ""), places(each, item, documents))
        for each in used.uses.inclusions
    ]
    leads += [Lead("link", documents[each.to], (each.place,)) for each in used.links]
    return ItemExplanation(
        _kind(project, item),
        item,
        tuple(_schema_key(project, path, found) for path, found in schema.items()),
        tuple(_key_use(path, found, front, written) for path, found in agent.items()),
        tuple(leads),
        used.is_complete,
    )


def _kind(project: Project, item: Agent | Prompt) -> str:
    if isinstance(item, Agent):
        return "agent"
    is_partial = any(item.document is partial for partial in project.partials)
    return "partial" if is_partial else "prompt"


def _plain(tree: YamlMapping | None) -> dict[str, Data]:
    return cast("dict[str, Data]", tree.value) if tree is not None else {}


def _readings(
    used: Used, documents: Mapping[str, Document], root: str
) -> dict[Path, tuple[Reading, ...]]:
    found: dict[Path, dict[Reading, None]] = {}
    for use in used.uses.reads:
        if use.path[0] == root and use.how is not How.UNCALLED:
            path = without_last_item(use.path)
            found.setdefault(path, {})[_reading(use, used.item, documents)] = None
    ordered = sorted(found, key=dotted)
    return {path: tuple(found[path]) for path in ordered}


def without_last_item(path: Path) -> Path:
    """Return the path of a list for that of its items."""
    while path[-1] == ITEM:
        path = path[:-1]
    return path


def _reading(use: Use, item: Agent | Prompt, documents: Mapping[str, Document]) -> Reading:
    key = dotted(without_last_item(use.path))
    return Reading(key, use.how, use.whole, use.default, places(use, item, documents))


def _schema_key(project: Project, path: Path, readings: tuple[Reading, ...]) -> KeyUse:
    return _key_use(path, readings, project.schema.data, _plain(project.schema.tree))


def _key_use(path: Path, readings: tuple[Reading, ...], data: Data, written: Data) -> KeyUse:
    found = tuple(keys.values(data, path[1:]))
    return KeyUse(dotted(path), found, _origin(path, found, written), readings)


def _origin(path: Path, found: Sequence[Data], written: Data) -> str:
    if not found:
        return ABSENT
    given = any(each is not None for each in keys.values(written, path[1:]))
    return GIVEN if given else DEFAULT


def reached_from(
    target: Document, everything: Sequence[Used], project: Project
) -> tuple[Reach, ...]:
    """Return what leads to a document, at the first place where each does: agents first."""
    found = _reached_from(target, everything, project)
    return tuple(sorted(found, key=lambda reach: KINDS.index(reach.kind)))


def _reached_from(
    target: Document, everything: Sequence[Used], project: Project
) -> Iterator[Reach]:
    documents = project.documents
    name = str(target.name)
    direct: dict[str, Reach] = {}
    for used in everything:
        reach = _direct(project, used, name, documents)
        if reach is not None:
            direct[str(used.item.document.name)] = reach
    yield from direct.values()
    known, found = {name, *direct}, dict.fromkeys(direct)
    while found:
        through, found = found, {}
        for used in everything:
            own = str(used.item.document.name)
            for each in () if own in known else used.links:
                if each.to in through:
                    known.add(own)
                    found[own] = None
                    kind = _kind(project, used.item)
                    yield Reach(kind, used.item, "link", each.place, documents[each.to])
                    break


def _direct(
    project: Project, used: Used, name: str, documents: Mapping[str, Document]
) -> Reach | None:
    kind = _kind(project, used.item)
    if str(used.item.document.name) == name:
        return None
    for inclusion in used.uses.inclusions:
        if inclusion.name == name:
            here = places(inclusion, used.item, documents)[0]
            return Reach(kind, used.item, inclusion.tag, here)
    for link in used.links:
        if link.to == name:
            return Reach(kind, used.item, "link", link.place)
    return None


def explain_key(project: Project, text: str, everything: Sequence[Used]) -> KeyExplanation:
    """Return who reads a key of the project schema, or anything below it.

    Raises `AgentgenError` for a key that is not in the project schema.
    """
    read = {
        use.path[:length]
        for used in everything
        for use in used.uses.reads
        for length in range(1, len(use.path) + 1)
    }
    key = keys.parse_key(text, jobs.shapes(project)["schema"], read)
    tree = project.schema.tree
    found = tuple(keys.values(project.schema.data, key.written[1:]))
    nodes = keys.nodes(tree, key.written[1:]) if tree is not None else ()
    return KeyExplanation(
        dotted(key.written),
        _description(key.path),
        found,
        _origin(key.written, found, _plain(tree)),
        tuple(location(name or node) for node, name in nodes),
        tuple(_read_by(project, key.path, everything)),
        all(used.is_complete for used in everything),
    )


def _description(path: Path) -> str:
    shape = Shape(json_schema())
    for step in path[1:]:
        shape = shape.child(0 if step == ITEM else step)
    return shape.description


def _read_by(project: Project, path: Path, everything: Sequence[Used]) -> Iterator[ReadBy]:
    documents = project.documents
    for used in everything:
        found = {
            _reading(use, used.item, documents): None
            for use in used.uses.reads
            if use.how is not How.UNCALLED and reads(project, used.item, use, path)
        }
        if found:
            yield ReadBy(used.item, tuple(found))


def reads(project: Project, item: Agent | Prompt, use: Use, path: Path) -> bool:
    """Say whether a use reads a key of the project schema, or anything below it.

    A template reads its own entry of `schema.agents` through `agent`.
    """
    if use.path[0] == "agent":
        entry = jobs.project_entry(project, item.name)
        if len(use.path) > 1 and (use.path[1] not in entry or use.path[1] in item.data):
            return False
        own = ("schema", "agents", ITEM, *use.path[1:])
        return bool(entry) and _meet(own, path, whole=use.whole)
    return _meet(use.path, path, whole=use.whole)


def _meet(read: Path, path: Path, *, whole: bool) -> bool:
    return read[: len(path)] == path or (whole and path[: len(read)] == read)
