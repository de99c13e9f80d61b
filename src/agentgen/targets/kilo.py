"""Kilo: agents in `.kilo/agents`, in OpenCode's format, from which it is derived.

Kilo 7.7.9 drops an agent that it cannot read, and goes on with the others; `kilo config check` says
why. Prompts are plain files there.
"""

from pathlib import PurePosixPath

from agentgen.targets import opencode
from agentgen.targets.target import Native, Place, Target

TARGET = Target(
    name="kilo",
    title="Kilo",
    agents=Place(PurePosixPath(".kilo/agents")),
    prompts=Place(PurePosixPath(".kilo/prompts")),
    native=Native(
        keys=opencode.keys,
        known=opencode.KNOWN,
        vocabulary=opencode.VOCABULARY,
        models=opencode.MODELS,
        split=opencode.split,
        said=opencode.said,
    ),
    name_overrides_stem=True,
)
