"""What rules look at: a project, what of it was asked for, and what it was rendered to."""

from dataclasses import dataclass

from agentgen.model import Artifact, Document, Project
from agentgen.settings import LintSettings
from agentgen.usage import Used


@dataclass(frozen=True, slots=True)
class Checked:
    """The project, the documents and artifacts of the run, and whether that is everything.

    `settings` are those of `lint`, for rules that have some. `uses` are what all templates read,
    where a rule asks for it and everything was looked at; `has_own_agents` is false where the
    agents are those of another library.
    """

    project: Project
    documents: tuple[Document, ...]
    artifacts: tuple[Artifact, ...]
    is_complete: bool
    settings: LintSettings
    uses: tuple[Used, ...] = ()
    has_own_agents: bool = True
