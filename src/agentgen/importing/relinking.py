"""Links between the files of a client lead, in the sources, to the sources of these files."""

import posixpath
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath

from agentgen import links
from agentgen.importing.drafts import path_of
from agentgen.importing.originals import Original
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Job, Limits, Setup, Task
from agentgen.workers import Workers

Spans = tuple[tuple[int, int], ...]


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
    originals: Sequence[Original], sources: Mapping[str, PurePosixPath], workers: Workers
) -> tuple[dict[int, str], dict[int, Spans]]:
    """Return the bodies of originals, by their ids, as sources have them.

    A worker finds the links of those in which one changes; the other mapping holds their spans.
    """
    bodies: dict[int, str] = {}
    odd: list[Original] = []
    for original in originals:
        bodies[id(original)] = original.part.body
        if not links.are_fine(original.part.body, partial(_new, original, sources)):
            odd.append(original)
    spans = dict(zip(map(id, odd), _spans(odd, workers), strict=True))
    for original in odd:
        resolve = partial(_new, original, sources)
        body, found = original.part.body, spans[id(original)]
        bodies[id(original)] = links.rewrite(body, found, resolve).text
    return bodies, spans


def _new(original: Original, sources: Mapping[str, PurePosixPath], path: str) -> str:
    file = posixpath.normpath((original.links_from / path).as_posix())
    source = sources.get(file)
    if source is None:
        return path
    new = posixpath.relpath(source.as_posix(), path_of(original).parent.as_posix())
    return path if posixpath.normpath(path) == new else new


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
