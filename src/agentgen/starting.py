"""A project begins: what its repository says becomes a schema, and fitting agents come along."""

import json
from collections import abc
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from agentgen import creator
from agentgen.api import find_target
from agentgen.creator import NewFile
from agentgen.detection import Detected, Fit, Tree, Update, as_text, detect, fitting, updates
from agentgen.diagnostics import did_you_mean, fail, quoted
from agentgen.frozen import Frozen, field
from agentgen.loader import SCHEMA_FOLDER, SCHEMA_STEM, Request, find_schema_files, load_library
from agentgen.model import Agent, Project, ProjectSchema
from agentgen.paths import ShownPath, real_path
from agentgen.repository import read_repository
from agentgen.schema import SchemaFile, load_schema
from agentgen.settings import OWN_FILE, Found, Settings, find_settings
from agentgen.shipped import library
from agentgen.source import Mapping, Scalar, Sequence
from agentgen.source.nodes import find
from agentgen.usage import everything, find_uses
from agentgen.workers import Workers

ALL, NONE = "all", "none"
KEPT_MARK = "# agentgen: keep"
"""On a line of a project schema: what stands there is not compared with the repository."""


class Looked(Frozen):
    """A repository that was looked at: its folder, its files, and what they say."""

    root: Path
    tree: Tree
    detected: Detected


class Start(Frozen):
    """What is to be written into a repository, and why.

    `new` are the files to make; `kept` are the paths of those that are there, with whether they are
    just what would have been written.
    """

    looked: Looked
    agents: tuple[Fit, ...]
    new: tuple[NewFile, ...] = field(repr=False)
    kept: abc.Mapping[str, bool]


def look(directory: Path) -> Looked:
    """Look at a repository. Raises `AgentgenError` where there is no such folder."""
    if not directory.is_dir():
        raise fail("missing-file", f"there is no folder {quoted(directory)}")
    tree = read_repository(directory)
    return Looked(real_path(directory), tree, detect(tree))


def plan(looked: Looked, agents: str | None, targets: tuple[str, ...], workers: Workers) -> Start:
    """Return what to write: the schema, the settings, the agents and what they lead to.

    `agents` are names with commas between them, `all` or `none`; None means those that fit. Raises
    `AgentgenError` for an agent or target that there is not, and for whatever is in the way.
    """
    for name in targets:
        find_target(name)
    found = _own_settings(looked.root)
    shipped = load_library(library())
    fits = _chosen(looked, agents, shipped)
    wanted = [
        *_schema(looked, found),
        *_settings(found, targets),
        *_sources(shipped, found.settings, fits, workers),
    ]
    new = creator.missing(wanted, looked.root)
    kept = {
        str(each.path): (looked.root / each.path).read_bytes() == each.data
        for each in wanted
        if each not in new
    }
    kept |= dict.fromkeys(_there(looked, found), False)
    return Start(looked, fits, new, kept)


def start(plan: Start) -> None:
    """Write what a plan says. Raises `AgentgenError`, with nothing written, where that fails."""
    creator.create(plan.new, plan.looked.root)


def schema_text(looked: Looked) -> str:
    """Return the project schema that a repository speaks for; it is valid."""
    text = as_text(looked.detected)
    file = SchemaFile(Path(f"{SCHEMA_STEM}.yaml"), f"{SCHEMA_STEM}.yaml", text.encode())
    load_schema((file,))
    return text


def compare(looked: Looked) -> tuple[Update, ...]:
    """Return what a repository says differently from its project schema.

    Raises `AgentgenError` where there is no project schema, or one that cannot be read.
    """
    found = _own_settings(looked.root)
    files = _schema_files(found)
    if not files:
        help = "`agentgen init` writes one"
        raise fail("missing-file", "there is no project schema to compare with", help=help)
    schema, _ = load_schema(files)
    kept = _kept_keys(schema)
    changes = updates(schema.data, looked.detected, looked.tree)
    return tuple(each for each in changes if kept.isdisjoint(_with_those_above(each.key)))


def _own_settings(root: Path) -> Found:
    """Return the settings of this very folder; those of one above are about another project."""
    found = find_settings(root, ShownPath(Path.cwd()))
    return found if found.root == root else Found(root, Settings())


def _schema_files(found: Found) -> tuple[SchemaFile, ...]:
    return find_schema_files(found, Request(found.root), ShownPath(Path.cwd()))


def _chosen(looked: Looked, agents: str | None, shipped: Project) -> tuple[Fit, ...]:
    names = [agent.name for agent in shipped.agents]
    if agents is None:
        return fitting(looked.detected, looked.tree)
    if agents in (ALL, NONE):
        return tuple(Fit(name, "all were asked for") for name in names if agents == ALL)
    wanted = dict.fromkeys(name.strip() for name in agents.split(",") if name.strip())
    for name in wanted:
        if name not in names:
            help = did_you_mean(name, names) or f"the agents are {', '.join(map(quoted, names))}"
            message = f"there is no agent {quoted(name)} in the library"
            raise fail("unknown-agent", message, help=help)
    return tuple(Fit(name, "asked for") for name in wanted)


def _schema(looked: Looked, found: Found) -> list[NewFile]:
    if _schema_files(found):
        return []
    path = PurePosixPath(SCHEMA_FOLDER, f"{SCHEMA_STEM}.yaml")
    return [NewFile(path, schema_text(looked).encode())]


def _settings(found: Found, targets: tuple[str, ...]) -> list[NewFile]:
    if found.file is not None:
        return []
    output = "." if targets else "build"
    text = (
        "# Settings of agentgen in this folder and below; options win over them.\n\n"
        "# The clients that agents are written for: `agentgen list --targets` shows them all.\n"
        f"targets = {json.dumps(list(dict.fromkeys(targets)) or ['markdown'])}\n\n"
        "# Where agents are written, from this folder.\n"
        f"output = {json.dumps(output)}\n"
    )
    return [NewFile(PurePosixPath(OWN_FILE), text.encode())]


def _there(looked: Looked, found: Found) -> list[str]:
    """Return the settings and schemas that are there already, wherever that is."""
    there = [found.file] if found.file else []
    there += [file.path for file in _schema_files(found)]
    return list(map(ShownPath(looked.root), there))


def _sources(
    shipped: Project, settings: Settings, fits: Iterable[Fit], workers: Workers
) -> list[NewFile]:
    """Return the files of agents and of all that they include and link to."""
    documents = shipped.documents
    uses = {
        str(each.item.document.name): each
        for each in find_uses(shipped, everything(shipped), workers)
    }
    waiting = [str(agent.document.name) for fit in fits for agent in _named(shipped, fit.agent)]
    needed: dict[str, None] = {}
    while waiting:
        name = waiting.pop()
        if name in needed or name not in documents:
            continue
        needed[name] = None
        waiting += [link.to for link in uses[name].links]
        waiting += [each.name for each in uses[name].uses.inclusions if each.name]
    folders = {"agents": settings.agents, "prompts": settings.prompts} | {
        "partials": settings.partials
    }
    return [
        NewFile(PurePosixPath(folders[role], *rest), documents[name].path.read_bytes())
        for name in sorted(needed)
        for role, *rest in [PurePosixPath(name).parts]
    ]


def _named(shipped: Project, name: str) -> list[Agent]:
    return [agent for agent in shipped.agents if agent.name == name]


def _kept_keys(schema: ProjectSchema) -> frozenset[str]:
    """Return the keys, as updates name them, whose lines say that they are to be kept."""
    if schema.tree is None:
        return frozenset()
    found: dict[str, Scalar] = {}
    for section, entry in schema.tree.entries.items():
        found[section] = entry.key
        if isinstance(entry.node, Mapping):
            found |= {f"{section}.{key}": each.key for key, each in entry.node.entries.items()}
    for each, language in zip(_items(schema.tree), _names(schema), strict=False):
        found |= {f"languages.{language}.{key}": entry.key for key, entry in each.entries.items()}
    return frozenset(key for key, scalar in found.items() if KEPT_MARK in _line(scalar))


def _with_those_above(key: str) -> list[str]:
    steps = key.split(".")
    return [".".join(steps[:count]) for count in range(1, len(steps) + 1)]


def _items(tree: Mapping) -> list[Mapping]:
    node, _ = find(tree, ("languages",))
    items = node.items if isinstance(node, Sequence) else ()
    return [each for each in items if isinstance(each, Mapping)]


def _names(schema: ProjectSchema) -> list[str]:
    listed = schema.data.get("languages")
    items = listed if isinstance(listed, list) else []
    return [str(each.get("name")) for each in items if isinstance(each, dict)]


def _line(scalar: Scalar) -> str:
    return scalar.source.line(scalar.source.line_column(scalar.start)[0])
