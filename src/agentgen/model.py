"""The values that flow from the loader to the writer. All frozen; none of them opens a file."""

from collections import abc
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from agentgen.diagnostics import Diagnostic, Location, Source
from agentgen.frozen import Frozen, field
from agentgen.keeping import Text, text_of
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Limits
from agentgen.paths import role_of
from agentgen.source import FrontMatter, Mapping, Scalar
from agentgen.source.nodes import location

Data: TypeAlias = "bool | int | float | str | list[Data] | dict[str, Data] | None"
"""Plain data: all that a template ever sees."""


class Document(Frozen):
    """One Markdown file: an agent, a prompt, or a partial that others include.

    `name` is how templates refer to it (`prompts/mlops.md`); `path` is the file, from which its
    relative links start; `stem` names its artifact; `diagnostics` are what there is to say about
    the file as it was read.
    """

    name: PurePosixPath
    path: Path
    source: Source
    front_matter: FrontMatter | None
    body: int
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def role(self) -> str:
        """The kind of folder that it lies in: `agents`, `prompts` or `partials`."""
        return role_of(self.name)

    @property
    def stem(self) -> str:
        """The file's name without `.md`."""
        return self.name.stem

    @property
    def template(self) -> str:
        """The text of the body, a Jinja2 template."""
        return self.source.text[self.body :]

    @property
    def first_line(self) -> int:
        """The line (from 1) of the file that the body begins on."""
        return self.source.line_column(self.body)[0]

    @property
    def head(self) -> Location:
        """The place to name for something that is missing: the first line, or the whole file."""
        return self.source.on_line(1) if self.source.text else self.source.whole()


class TemplateValue(Frozen):
    """A quoted front matter value that is a template of its own, and the keys that lead to it."""

    path: tuple[str | int, ...]
    scalar: Scalar


class Agent(Frozen):
    """A document in the agents folder, with what its front matter says."""

    document: Document
    name: str
    description: str | None
    data: dict[str, Data] = field(repr=False)
    template_values: tuple[TemplateValue, ...] = ()

    @property
    def tools(self) -> tuple[str, ...]:
        """The tools that it asks for; none listed means that it does not say."""
        tools = self.data.get("tools")
        return tuple(str(tool) for tool in tools) if isinstance(tools, list) else ()

    @property
    def place(self) -> Location:
        """Where its name is written, or the file where it is not."""
        matter = self.document.front_matter
        entry = matter.mapping.entries.get("name") if matter else None
        return location(entry.node) if entry else self.document.source.whole()


class Prompt(Frozen):
    """A document in the prompts folder that agents link to or include."""

    document: Document
    name: str
    description: str | None
    data: dict[str, Data] = field(repr=False)
    template_values: tuple[TemplateValue, ...] = ()


class ProjectSchema(Frozen):
    """The data about one project, validated and with its defaults filled in.

    `tree` is what was written, without defaults: every key with its place; `sources` are the files.
    """

    data: dict[str, Data] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    tree: Mapping | None = field(default=None, repr=False)
    sources: tuple[Source, ...] = ()


class Failure(Frozen):
    """A file of the library that could not be loaded, and why."""

    name: PurePosixPath
    path: Path
    diagnostics: tuple[Diagnostic, ...]


class Project(Frozen):
    """All that was loaded: agents, prompts, partials and the project schema.

    `root` is the folder that holds them; `failures` are the files that could not be
    loaded; `allowed` are hidden characters that the project wants in its agents.
    """

    root: Path
    agents: tuple[Agent, ...]
    prompts: tuple[Prompt, ...]
    partials: tuple[Document, ...]
    schema: ProjectSchema
    undefined: Undefined = Undefined.GUARDED
    whitespace: Whitespace = Whitespace.TIDY
    limits: Limits = field(default_factory=Limits)
    allowed: frozenset[str] = frozenset()
    failures: tuple[Failure, ...] = ()

    @property
    def documents(self) -> abc.Mapping[str, Document]:
        """Every document by the name that templates use."""
        everything = [
            *(agent.document for agent in self.agents),
            *(prompt.document for prompt in self.prompts),
            *self.partials,
        ]
        return {str(document.name): document for document in everything}


class Artifact(Frozen):
    """One rendered file in memory: its target, its path below the output root, and its text.

    `source` is the file that it is from, as messages show it; `origin` is that file's name in its
    library, which is the same wherever the library lies.
    """

    target: str
    path: PurePosixPath
    kept: Text = field(repr=False)
    source: str = ""
    origin: str = ""

    @property
    def text(self) -> str:
        """The text itself, wherever it lies."""
        return text_of(self.kept)
