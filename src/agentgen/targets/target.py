"""What a target has to say: where artifacts land, and what stands above the rendered body."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from agentgen.model import Agent, Prompt, TemplateValue

RenderedValues = tuple[tuple[TemplateValue, str], ...]
"""Front matter values that were templates, each with the text that it was rendered to."""


@dataclass(frozen=True, slots=True)
class Target:
    """One client's format; folders are below the output root, files are named after sources."""

    name: str
    agents: PurePosixPath
    prompts: PurePosixPath
    head: Callable[[Agent | Prompt, RenderedValues], str]

    def path(self, item: Agent | Prompt) -> PurePosixPath:
        """Return where an agent or prompt lands, below the output root."""
        folder = self.agents if isinstance(item, Agent) else self.prompts
        return folder / f"{item.document.stem}.md"
