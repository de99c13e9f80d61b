"""What a target has to say: where artifacts land, and what its client makes of an agent.

Each client is one module beside this one, whose docstring says where its facts come from. Key
types are JSON Schemas, so that one table serves checks, documents and editors.
"""

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

from agentgen.diagnostics import Severity, Source
from agentgen.frozen import Frozen, field
from agentgen.model import Agent, Prompt
from agentgen.source import front_matter_text
from agentgen.targets.reading import Keys as Keys  # noqa: PLC0414 - for its importers
from agentgen.targets.reading import Part, Said, said_plainly, split_front_matter
from agentgen.targets.slugs import slug_of
from agentgen.targets.vocabulary import Vocabulary

KeyTypes = Mapping[str, dict[str, Any]]
"""The keys that a client knows, each with a JSON Schema of its values."""


class Place(Frozen):
    """Where files lie below the output root, and how their names end.

    With `in_folders` each file lies in a folder of its own, named by the slug, and `suffix` is the
    whole name of the file.
    """

    folder: PurePosixPath
    suffix: str = ".md"
    in_folders: bool = False

    def path(self, stem: str, slug: str) -> PurePosixPath:
        """Return the path of the file that stands for a source with this stem."""
        if self.in_folders:
            return self.folder / (slug or stem) / self.suffix
        return self.folder / f"{stem}{self.suffix}"

    def holds(self, path: PurePosixPath) -> bool:
        """Say whether a path is that of such a file."""
        if self.in_folders:
            return path.name == self.suffix and path.parent.parent == self.folder
        return path.name.endswith(self.suffix) and path.parent == self.folder


class Facts(Frozen):
    """What the source says of an agent or a prompt, in words that every client has.

    `tools` are names of the client's own, None where the source leaves the choice open; `kinds` are
    the generic names that they come from. `model` is one that the client understands. `stem` is
    what the file is called.
    """

    slug: str
    stem: str
    name: str
    description: str | None = None
    icon: str | None = None
    model: str | None = None
    tools: tuple[str, ...] | None = None
    kinds: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """The name for people, with the icon."""
        return f"{self.icon} {self.name}" if self.icon else self.name


class Trap(Frozen):
    """Text that a client takes for more than text: a pattern, what happens, and the way out.

    `where` says in which files: those of agents, of prompts, or both. With `outside_code` the
    client leaves code alone.
    """

    pattern: str
    message: str
    help: str
    where: tuple[type[Agent] | type[Prompt], ...] = (Agent, Prompt)
    severity: Severity = Severity.WARNING
    outside_code: bool = False


class BodyLimits(Frozen):
    """How many characters a body may have at most and must have at least; None: any number."""

    most: int | None = None
    least: int = 1


def usual(facts: Facts) -> Keys:
    """Return the front matter of an agent for a client that takes what most of them take."""
    return {
        "name": facts.slug,
        "description": facts.description,
        "tools": facts.tools,
        "model": facts.model,
    }


def described(facts: Facts) -> Keys:
    """Return the front matter of a prompt for a client that takes a description and a model."""
    return {"description": facts.description, "model": facts.model}


class Native(Frozen):
    """How a client wants agents: keys, names, tools, limits, and how a file is put together.

    `keys` makes front matter of facts, `known` are all keys that the client takes, and `required`
    those that it does not load an agent without. `models` is a pattern of the model names that it
    understands; slugs that are `reserved`, or too short, are no names there. `compose` makes the
    file of front matter and body, and `combine` one file of all of them. Prompts without
    `prompt_keys` are written without front matter. The other way round, `split` takes a client's
    file apart, and `said` tells what its keys say in words that every client has.
    """

    keys: Callable[[Facts], Keys]
    known: KeyTypes
    required: tuple[str, ...] = ("description",)
    vocabulary: Vocabulary | None = None
    models: str | None = None
    reserved: frozenset[str] = frozenset()
    shortest_name: int = 1
    body: BodyLimits = field(default_factory=BodyLimits)
    traps: tuple[Trap, ...] = ()
    compose: Callable[[Keys, str], str] = front_matter_text
    combine: Callable[[list[str]], str] | None = None
    prompt_keys: Callable[[Facts], Keys] | None = None
    prompts_known: KeyTypes = field(default_factory=dict)
    split: Callable[[Source], list[Part]] = split_front_matter
    said: Callable[[Keys], Said] = said_plainly


class Target(Frozen):
    """One client's format; folders are below the output root, files are named after sources.

    Where all agents land in one file, `agents.suffix` is its name. Without `native` the source's
    own front matter is kept, byte for byte. `also_reads` are targets whose files the client loads
    as well. In an `is_experimental` target some facts rest on the client's documents alone. With
    `links_from_root` the links of agents start from the output root. With `name_overrides_stem` a
    client takes files for what they are called, unless they have a `name`, which is written where
    it differs. `agents_also` and `prompts_also` are places that nothing is written to, where the
    client finds files as well.
    """

    name: str
    title: str
    agents: Place
    prompts: Place
    native: Native | None = None
    also_reads: tuple[str, ...] = ()
    is_experimental: bool = False
    links_from_root: bool = False
    name_overrides_stem: bool = False
    agents_also: tuple[Place, ...] = ()
    prompts_also: tuple[Place, ...] = ()

    def path(self, item: Agent | Prompt) -> PurePosixPath:
        """Return where an agent or prompt lands, below the output root."""
        if isinstance(item, Agent) and self.is_one_file:
            return self.agents.folder / self.agents.suffix
        place = self.agents if isinstance(item, Agent) else self.prompts
        return place.path(item.document.stem, slug_of(item))

    def writes(self, path: PurePosixPath) -> bool:
        """Say whether an agent or prompt can land at a path."""
        return self.agents.holds(path) or self.prompts.holds(path)

    @property
    def is_one_file(self) -> bool:
        """Say whether all agents land in the same file."""
        return self.native is not None and self.native.combine is not None

    @property
    def example_path(self) -> PurePosixPath:
        """Where an agent called `NAME` lands."""
        if self.is_one_file:
            return self.agents.folder / self.agents.suffix
        return self.agents.path("NAME", "NAME")

    def links_from(self, item: Agent | Prompt) -> PurePosixPath:
        """Return the folder that the links of an artifact start from."""
        is_from_root = self.links_from_root and isinstance(item, Agent)
        return PurePosixPath() if is_from_root else self.path(item).parent

    def takes(self, item: Agent | Prompt) -> bool:
        """Say whether an agent is meant for this target: `targets: {NAME: false}` leaves it out."""
        asked = item.data.get("targets")
        return not isinstance(asked, dict) or asked.get(self.name) is not False
