"""The formats that agents are written in: one module each, and the table that names them."""

from collections.abc import Iterator, Mapping
from importlib import import_module

from agentgen.targets.target import Target

_NAMES = (
    "markdown",
    "claude",
    "codex",
    "copilot",
    "cursor",
    "factory",
    "gemini",
    "kilo",
    "kiro",
    "opencode",
    "qwen",
    "roo",
    "skill",
)


class _Targets(Mapping[str, Target]):
    """Each target by its name, which is that of its module; that loads when it is asked for."""

    def __getitem__(self, name: str) -> Target:
        if name not in _NAMES:
            raise KeyError(name)
        target = import_module(f"{__name__}.{name}").TARGET
        assert isinstance(target, Target)  # noqa: S101 - each module of the table has one
        return target

    def __contains__(self, name: object) -> bool:
        return name in _NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


TARGETS: Mapping[str, Target] = _Targets()

ALL = "all"
"""The word for every target that the settings name."""

__all__ = ["ALL", "TARGETS", "Target"]
