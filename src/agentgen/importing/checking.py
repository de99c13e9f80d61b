"""Sources that were made are rendered, and compared with the files that they are made from."""

import posixpath
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from agentgen import links
from agentgen.agent_file import load_agent, load_prompt
from agentgen.diagnostics import (
    AgentgenError,
    Diagnostic,
    Severity,
    Source,
    quoted,
)
from agentgen.folders import SourceFile
from agentgen.frozen import Frozen, replace
from agentgen.importing.drafts import Draft
from agentgen.importing.originals import Original
from agentgen.importing.relinking import Spans, Surroundings, rewritten
from agentgen.importing.translating import read_keys, same
from agentgen.loader import Loaded
from agentgen.model import Agent, Artifact, Project, ProjectSchema, Prompt
from agentgen.outcome import Task
from agentgen.rendering import try_to_render
from agentgen.settings import Found
from agentgen.targets import Target
from agentgen.targets.reading import Part, split_front_matter
from agentgen.workers import Workers

RULE = "lost-by-import"


class Made(Frozen):
    """A source that was made: its draft, its path in the project, and its text."""

    draft: Draft
    path: Path
    shown: str
    text: str


def check(
    made: Sequence[Made],
    found: Found,
    root: Path,
    sources: Mapping[str, PurePosixPath],
    spans: Mapping[int, Spans],
    around: Surroundings,
    workers: Workers,
) -> list[Diagnostic]:
    """Return what is wrong with sources: a warning where one cannot be rendered or gives less.

    What rendering warns of is among it as notes: `lint` will say it again.
    """
    items, failures = _load(made)
    project = Project(
        root,
        tuple(each for each in items.values() if isinstance(each, Agent)),
        tuple(each for each in items.values() if isinstance(each, Prompt)),
        (),
        ProjectSchema(),
        found.settings.undefined,
        found.settings.whitespace,
        found.settings.limits,
    )
    agents = project.agents
    loaded = Loaded(project, agents, everything=True, found=found, enabled=agents)
    said = [*failures]
    for target in {each.name: each for one in made for each in _targets(one)}.values():
        rendered = try_to_render(loaded, target, workers, Task.RENDER)
        own = {each.shown for each in made if target in _targets(each)}
        said += (_softened(each) for each in rendered.diagnostics if _is_in(each, own))
        comparison = _Comparison(target, items, sources, spans, around, rendered.artifacts)
        for each in made:
            said += comparison.differences(each)
    return said


def _targets(made: Made) -> list[Target]:
    return [original.origin.target for original in made.draft.originals]


def _is_in(found: Diagnostic, paths: Container[str]) -> bool:
    return found.location is None or found.location.path in paths


def _all(made: Made) -> tuple[Original, ...]:
    return made.draft.originals


def _load(made: Sequence[Made]) -> tuple[dict[PurePosixPath, Agent | Prompt], list[Diagnostic]]:
    items: dict[PurePosixPath, Agent | Prompt] = {}
    failures: list[Diagnostic] = []
    for each in made:
        name = each.draft.path
        file = SourceFile(each.path, each.path, each.shown, name, each.text.encode())
        try:
            load = load_agent if name.parts[0] == "agents" else load_prompt
            items[name] = load(file, len(each.text.encode()) + 1)
        except AgentgenError as error:
            failures += map(_softened, error.diagnostics)
    return items, failures


def _softened(found: Diagnostic) -> Diagnostic:
    softer = {Severity.ERROR: Severity.WARNING, Severity.WARNING: Severity.NOTE}
    return replace(found, severity=softer.get(found.severity, found.severity))


class _Comparison:
    """What a target makes of the sources, beside what its client had."""

    def __init__(
        self,
        target: Target,
        items: Mapping[PurePosixPath, Agent | Prompt],
        sources: Mapping[str, PurePosixPath],
        spans: Mapping[int, Spans],
        around: Surroundings,
        artifacts: Sequence[Artifact],
    ) -> None:
        self.target = target
        self.items = items
        self.sources = sources
        self.spans = spans
        self.around = around
        self.parts = dict(self._parts(artifacts))

    def _parts(self, artifacts: Sequence[Artifact]) -> Iterator[tuple[str, Part]]:
        native = self.target.native
        for artifact in artifacts:
            source = Source(str(artifact.path), artifact.text)
            is_prompt = artifact.origin.startswith("prompts/")
            split = split_front_matter if native is None or is_prompt else native.split
            for part in split(source):
                yield artifact.origin or f"agents/{part.keys.get('slug')}.md", part

    def differences(self, made: Made) -> Iterator[Diagnostic]:
        """Yield a warning for each thing that a client would read otherwise than before."""
        name = str(made.draft.path)
        for original in _all(made):
            part = self.parts.get(name)
            if original.origin.target is not self.target or part is None:
                continue  # what could not be rendered is told already
            if self._expected(original, made).strip("\n") != part.body.strip("\n"):
                yield _difference(original, "the text")
            kept = item.data if (item := self.items.get(made.draft.path)) else {}
            for key in self._keys(original, part):
                if key in part.keys or key not in kept:  # what was kept is told already
                    yield _difference(original, quoted(key))

    def _keys(self, original: Original, part: Part) -> Iterator[str]:
        native = self.target.native
        if native is None:
            known, wanted, given = original.keys, original.keys, part.keys
        else:
            known = dict(native.prompts_known if original.origin.is_prompt else native.known)
            wanted = read_keys(original)
            given = read_keys(replace(original, part=part))
        for key in known:
            if not same(key, given.get(key), wanted.get(key)) and key in {*given, *wanted}:
                yield key

    def _expected(self, original: Original, made: Made) -> str:
        """Return the text as it was, with links as they have to be where files land now."""
        spans = self.spans.get(id(original), ())
        item = self.items.get(made.draft.path)
        if item is None or not spans:
            return original.part.body
        return rewritten(original.part.body, spans, partial(self._new, original, item))

    def _new(self, original: Original, item: Agent | Prompt, path: str) -> str:
        file = posixpath.normpath((original.links_from / path).as_posix())
        other = self.items.get(self.sources.get(file, PurePosixPath()))
        there = self.around.beside(original, file) if other is None else self.target.path(other)
        return path if there is None else links.leading(path, there, self.target.links_from(item))


def _difference(original: Original, what: str) -> Diagnostic:
    target = original.origin.target.name
    message = f"{what} is another one when it is rendered for {target} again"
    return Diagnostic(RULE, message, original.part.place, Severity.WARNING)
