"""Which client a file is for, told by its path."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from agentgen.frozen import Frozen
from agentgen.targets import TARGETS, Target
from agentgen.targets.target import Place


class Origin(Frozen):
    """The target of a file, what it holds there, the stem of its source, and its project's root."""

    target: Target
    is_prompt: bool
    stem: str
    root: PurePosixPath


PLUGIN = (".claude-plugin", "plugin.json")
"""What makes a folder a plugin of Claude Code, with `agents` and `commands` in it."""


def plugin_roots(paths: Iterable[PurePosixPath]) -> frozenset[PurePosixPath]:
    """Return the folders that are plugins, told by the paths of files."""
    return frozenset(path.parent.parent for path in paths if path.parts[-2:] == PLUGIN)


def origin_of(
    path: PurePosixPath, plugins: frozenset[PurePosixPath] = frozenset()
) -> Origin | None:
    """Return what a path tells; the place that says most about it counts. None: it tells nothing.

    Folders below a client's folder are no part of the stem, as agentgen writes all in one.
    """
    if (origin := _in_plugin(path, plugins)) is not None:
        return origin
    found = [
        (len(place.folder.parts), len(place.suffix), origin)
        for target, place, is_prompt in _places()
        if (origin := _at(path, target, place, is_prompt=is_prompt)) is not None
    ]
    return max(found, key=lambda each: each[:2])[2] if found else None


def _in_plugin(path: PurePosixPath, plugins: frozenset[PurePosixPath]) -> Origin | None:
    for root in plugins.intersection(path.parents):
        folder = path.relative_to(root).parts[0]
        if folder in ("agents", "commands") and path.suffix == ".md":
            return Origin(TARGETS["claude"], folder == "commands", path.stem, root)
    return None


def plain_origin(path: PurePosixPath, target: Target) -> Origin:
    """Return the origin of an agent whose path tells nothing."""
    suffix = target.agents.suffix
    stem = path.parent.name if target.agents.in_folders else path.name.removesuffix(suffix)
    return Origin(target, is_prompt=False, stem=PurePosixPath(stem).stem, root=path.parent)


def _places() -> Iterator[tuple[Target, Place, bool]]:
    for target in TARGETS.values():
        if target.native is not None:
            for place in (target.agents, *target.agents_also):
                yield target, place, False
            for place in (target.prompts, *target.prompts_also):
                yield target, place, True


def _at(path: PurePosixPath, target: Target, place: Place, *, is_prompt: bool) -> Origin | None:
    is_whole = place.in_folders or (target.is_one_file and not is_prompt)
    if not (path.name == place.suffix if is_whole else path.name.endswith(place.suffix)):
        return None
    wanted, parts = place.folder.parts, path.parent.parts
    for end in range(len(parts), len(wanted) - 1, -1):
        if parts[end - len(wanted) : end] == wanted:
            root = PurePosixPath(*parts[: end - len(wanted)])
            stem = path.parent.name if place.in_folders else path.name.removesuffix(place.suffix)
            return Origin(target, is_prompt, stem, root) if stem or is_whole else None
    return None
