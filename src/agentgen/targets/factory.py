"""Factory: custom droids in `.factory/droids`.

From Factory-AI/factory, docs/cli/configuration/custom-droids.mdx. An unknown tool is an error
there, and `TodoWrite` is always at hand and not listed. Factory's `droid` cannot be asked without
an account, so this target is experimental.
"""

from pathlib import PurePosixPath

from agentgen.targets.key_types import LIST_OR_TEXT, NAMES, TEXT, like, one_of, up_to
from agentgen.targets.target import Native, Place, Target, usual
from agentgen.targets.vocabulary import Vocabulary

KNOWN = {
    "name": like("[a-z0-9_-]+", "lower-case letters, digits, `-` and `_`"),
    "description": up_to(500),
    "model": TEXT,
    "reasoningEffort": one_of("off", "none", "low", "medium", "high"),
    "tools": LIST_OR_TEXT,
    "mcpServers": NAMES,
}

VOCABULARY = Vocabulary(
    names={
        "read": ("Read",),
        "search": ("Grep", "Glob", "LS"),
        "code_search": ("Grep",),
        "edit_file": ("Edit", "Create"),
        "terminal": ("Execute",),
        "fetch": ("FetchUrl",),
        "githubRepo": ("FetchUrl",),
        "web_search": ("WebSearch",),
        "todo": (),
        "notebook": ("Edit",),
    },
    others=frozenset({"ApplyPatch"}),
)


TARGET = Target(
    name="factory",
    title="Factory",
    agents=Place(PurePosixPath(".factory/droids")),
    prompts=Place(PurePosixPath(".factory/prompts")),
    native=Native(
        keys=usual,
        known=KNOWN,
        required=("name",),
        vocabulary=VOCABULARY,
        models=r"inherit|custom:\S+|(claude|gpt|gemini|glm)-[\w.-]+",
    ),
    is_experimental=True,
)
