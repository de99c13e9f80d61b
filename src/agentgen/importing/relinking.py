"""Links between the files of a client lead, in the sources, to the sources of these files.

Links to other files of the project lead there from where the sources are.
"""

import posixpath
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from agentgen import links
from agentgen.frozen import Frozen
from agentgen.importing.drafts import path_of
from agentgen.importing.originals import Original
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Job, Limits, Setup, Task
from agentgen.paths import exists
from agentgen.workers import Workers

Spans = tuple[tuple[int, int], ...]


class Surroundings(Frozen):
    """The project that sources are made for: its root, and its folders below that."""

    root: Path
    agents: PurePosixPath
    prompts: PurePosixPath

    def beside(self, original: Original, file: str) -> PurePosixPath | None:
        """Return where the project has a file that is no source; None: nowhere.

        `file` is where a link of the original leads, in the pack that the original is from.
        """
        below = PurePosixPath(posixpath.relpath(file, original.origin.root.as_posix()))
        is_inside = below.parts[:1] != ("..",)
        return below if is_inside and exists(self.root / below) else None


def index(originals: Sequence[Original]) -> dict[str, PurePosixPath]:
    """Return the source of each file that holds one original, by the file's path."""
    found: dict[str, PurePosixPath] = {}
    several: set[str] = set()
    for original in originals:
        path = original.path.as_posix()
        several.update({path} & found.keys())
        found[path] = path_of(original)
    return {path: source for path, source in found.items() if path not in several}


def relinked(
    originals: Sequence[Original],
    sources: Mapping[str, PurePosixPath],
    around: Surroundings,
    workers: Workers,
) -> tuple[dict[int, str], dict[int, Spans]]:
    """Return the bodies of originals, by their ids, as sources have them.

    A worker finds the links of those in which one changes, or will when it is rendered; the other
    mapping holds their spans.
    """
    bodies: dict[int, str] = {}
    odd: list[Original] = []
    for original in originals:
        bodies[id(original)] = original.part.body
        if not links.are_fine(original.part.body, partial(_kept, original, sources, around)):
            odd.append(original)
    spans = dict(zip(map(id, odd), _spans(odd, workers), strict=True))
    for original in odd:
        resolve = partial(_new, original, sources, around)
        body, found = original.part.body, spans[id(original)]
        bodies[id(original)] = links.rewrite(body, found, resolve).text
    return bodies, spans


def _kept(
    original: Original, sources: Mapping[str, PurePosixPath], around: Surroundings, path: str
) -> str | None:
    """Return what `_new` does, and None where rendering makes another path of that again."""
    file = posixpath.normpath((original.links_from / path).as_posix())
    is_beside = file not in sources and around.beside(original, file) is not None
    return None if is_beside else _new(original, sources, around, path)


def _new(
    original: Original, sources: Mapping[str, PurePosixPath], around: Surroundings, path: str
) -> str:
    file = posixpath.normpath((original.links_from / path).as_posix())
    source = sources.get(file)
    folder = around.prompts if original.origin.is_prompt else around.agents
    if source is not None:
        role, name = source.parts
        there = (around.prompts if role == "prompts" else around.agents) / name
        return links.leading(path, there, folder)
    below = around.beside(original, file)
    return path if below is None else links.leading(path, below, folder)


def _spans(originals: Sequence[Original], workers: Workers) -> list[Spans]:
    if not originals:
        return []
    setup = Setup(Undefined.GUARDED, Whitespace.TIDY, ("", ""), {}, Limits(), links=True)
    jobs = [Job(str(each.path), each.part.body, "", task=Task.LINKS) for each in originals]
    with workers.for_parsing() as parsing:
        return [outcome.links for outcome in parsing.perform(jobs, setup, lambda _name, _by: None)]


def rewritten(body: str, spans: Spans, resolve: Callable[[str], str]) -> str:
    """Return a body with the paths of its links replaced."""
    return links.rewrite(body, spans, resolve).text
