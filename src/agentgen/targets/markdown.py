"""The default: the source's own front matter, byte for byte, above the rendered body."""

from pathlib import PurePosixPath

from agentgen.targets.target import Place, Target

TARGET = Target(
    name="markdown",
    title="Markdown as in the source",
    agents=Place(PurePosixPath("agents")),
    prompts=Place(PurePosixPath("prompts")),
)
