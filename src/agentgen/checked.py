"""What rules look at: a project, what of it was asked for, and what it was rendered to."""

from collections.abc import Iterator

from agentgen.frozen import Frozen
from agentgen.model import Artifact, Document, Project
from agentgen.settings import LintSettings
from agentgen.usage import Used


class Checked(Frozen):
    """The project, the documents and artifacts of the run, and whether that is everything.

    `settings` are those of `lint`, for rules that have some. `uses` are what all templates read,
    where a rule asks for it and everything was looked at; `has_own_agents` is false where the
    agents are those of another library. `tools` are the project's own names for tools.
    """

    project: Project
    documents: tuple[Document, ...]
    artifacts: tuple[Artifact, ...]
    is_complete: bool
    settings: LintSettings
    uses: tuple[Used, ...] = ()
    has_own_agents: bool = True
    tools: frozenset[str] = frozenset()

    def markdown(self) -> Iterator[tuple[Document, Artifact, int]]:
        """Yield each artifact that is Markdown: its document, itself, and where its body begins."""
        sources = {document.source.path: document for document in self.documents}
        for artifact in self.artifacts:
            document = sources.get(artifact.source)
            if document is not None and artifact.path.suffix == ".md":
                yield document, artifact, _body(artifact.text)


def _body(text: str) -> int:
    """Return where the text below the front matter of an artifact begins."""
    end = text.find("\n---\n", 3) if text.startswith("---\n") else -1
    return 0 if end < 0 else end + 5
