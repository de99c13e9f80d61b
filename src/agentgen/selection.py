"""Which agents the words on the command line mean: names, globs over names, files and folders."""

import fnmatch
import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from agentgen.diagnostics import (
    AgentgenError,
    Diagnostic,
    Note,
    did_you_mean,
    quoted,
)
from agentgen.folders import SUFFIX, SourceFile
from agentgen.frozen import Frozen
from agentgen.model import Agent, Document, Project
from agentgen.paths import exists

_GLOB = frozenset("*?[")


class Pattern(Frozen):
    """One word: a path, or (without one) a name or a glob over names."""

    word: str
    path: Path | None = None

    @property
    def is_glob(self) -> bool:
        """Say whether the word can mean several names."""
        return self.path is None and not _GLOB.isdisjoint(self.word)

    def matches(self, file: SourceFile, name: str) -> bool:
        """Say whether the agent in `file`, called `name`, is meant."""
        if self.path is not None:
            return file.path.is_relative_to(self.path)
        return any(fnmatch.fnmatchcase(each, self.word) for each in (name, file.name.stem))

    def names_one(self, file: SourceFile) -> bool:
        """Say whether the word means this one file and cannot mean another."""
        return self.path == file.path if self.path else not self.is_glob


class Selection(Frozen):
    """The agents that were asked for, and the names of the files that could not be loaded."""

    agents: tuple[Agent, ...]
    failed: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all the files that were asked for."""
        return (*(str(agent.document.name) for agent in self.agents), *self.failed)


def patterns(words: tuple[str, ...], directory: Path, agents: Path) -> tuple[Pattern, ...]:
    """Tell paths (relative to `directory`) from names; an agent in the folder `agents` wins.

    Raises `AgentgenError` for every path that does not exist.
    """
    problems: list[Diagnostic] = []
    found = []
    for word in words:
        path = Path(os.path.normpath(directory / word))
        if _is_written_as_path(word):
            found.append(Pattern(word, path))
            if not exists(path):
                message = f"there is no file or folder {quoted(word)}"
                problems.append(Diagnostic("missing-file", message))
        elif word and exists(path) and not _is_agent_file(word, agents):
            found.append(Pattern(word, path))
        else:
            found.append(Pattern(word))
    if problems:
        raise AgentgenError(problems)
    return tuple(found)


def select(
    wanted: tuple[Pattern, ...], project: Project, files: tuple[SourceFile, ...]
) -> Selection:
    """Return the agents that any pattern means; without patterns, all.

    An agent that the project schema disables takes part only when it is asked for by itself.
    Raises `AgentgenError` for every pattern that means none.
    """
    by_name = {str(agent.document.name): agent for agent in project.agents}
    disabled = _disabled(project)
    chosen: list[str] = []
    used: set[Pattern] = set()
    for file in files:
        key = str(file.name)
        if file.role != "agents" or file.is_partial:
            continue
        agent = by_name.get(key)
        name = agent.name if agent else file.name.stem
        meant = [pattern for pattern in wanted if pattern.matches(file, name)]
        used.update(meant)
        alone = any(pattern.names_one(file) for pattern in meant)
        if alone or ((meant or not wanted) and name not in disabled):
            chosen.append(key)
    if missing := [pattern for pattern in wanted if pattern not in used]:
        names = [agent.name for agent in project.agents]
        raise AgentgenError(_nothing(pattern, names) for pattern in missing)
    agents = tuple(by_name[key] for key in chosen if key in by_name)
    return Selection(agents, tuple(key for key in chosen if key not in by_name))


def _is_agent_file(stem: str, agents: Path) -> bool:
    return any(f"{stem}{SUFFIX}" in files for _, _, files in os.walk(agents))


def _is_written_as_path(word: str) -> bool:
    return "/" in word or os.sep in word or word.endswith(SUFFIX) or word in (".", "..")


def _disabled(project: Project) -> frozenset[str]:
    entries = project.schema.data.get("agents")
    if not isinstance(entries, list):
        return frozenset()
    off = [each for each in entries if isinstance(each, dict) and each.get("enabled") is False]
    return frozenset(str(entry.get("role")) for entry in off)


def _nothing(pattern: Pattern, names: list[str]) -> Diagnostic:
    if pattern.path is not None:
        return Diagnostic("unknown-agent", f"there is no agent in {quoted(pattern.word)}")
    if pattern.is_glob:
        return Diagnostic("unknown-agent", f"no agent's name matches {quoted(pattern.word)}")
    help = did_you_mean(pattern.word, names) or "`agentgen list` shows the agents"
    return Diagnostic("unknown-agent", f"there is no agent {quoted(pattern.word)}", help=help)


def clashes(documents: Iterable[Document]) -> Iterator[Diagnostic]:
    """Report documents whose artifacts would be one file, on a disk that ignores case too.

    Agents and prompts land in folders of their own.
    """
    groups: defaultdict[tuple[str, str], list[Document]] = defaultdict(list)
    for document in documents:
        folded = unicodedata.normalize("NFKC", document.stem).casefold()
        groups[document.role, folded].append(document)
    for first, *others in groups.values():
        for other in others:
            message = f"{quoted(other.stem + SUFFIX)} would be written over another artifact"
            note = Note("the other one is", first.source.whole())
            yield Diagnostic(
                "artifact-clash",
                message,
                other.source.whole(),
                help="rename one of the two: an artifact is named after its source file",
                notes=(note,),
            )


def duplicate_names(agents: Iterable[Agent]) -> Iterator[Diagnostic]:
    """Report agents that share a name."""
    first: dict[str, Agent] = {}
    for agent in agents:
        other = first.setdefault(agent.name, agent)
        if other is not agent:
            message = f"there is another agent called {quoted(agent.name)}"
            note = Note("the other one is at", other.place)
            yield Diagnostic("duplicate-name", message, agent.place, notes=(note,))
