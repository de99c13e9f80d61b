"""Relative links in Markdown: found where a Markdown parser finds them, changed byte for byte.

A parser costs more to load than most agents cost to render, so it is asked only when some text
that could be a link needs a change or leads nowhere; and then in a worker, under its limits.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from agentgen.frozen import Frozen
from agentgen.patterns import pattern

Resolve = Callable[[str], str | None]
"""Takes a link's path; returns the path that it should have, or None where it leads nowhere."""

CANDIDATE = re.compile(r"\][(:]\s*([^\s)]*)")
_ELSEWHERE = pattern(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/#?\\]|$")
# Paths that other people's machines do not have, and no web site has as its own.
_OF_A_MACHINE = pattern(
    r"file:|[a-zA-Z]:[\\/]|~/|/(?:home|Users)/[^/]+/.|/(?:tmp|etc|usr|var|opt|Volumes)/."
)
_DEFINITION = pattern(r"\]:\s*(?:<([^>\n]*)>|([^<\s]\S*))")
_OPENED = ("link_open", "image")
_TAIL = pattern(r"[?#].*", re.DOTALL)
_UNUSUAL = pattern(r"[\\&%<\x00]")
_SPECIAL = pattern(r"[ ()%#?<>\\\"\x00-\x1f\x7f]")


class Links(Frozen):
    """A text with its links rewritten, and the destinations that lead nowhere, each once."""

    text: str
    broken: tuple[str, ...] = ()


def are_fine(text: str, resolve: Resolve) -> bool:
    """Say whether every relative link, and all that could be taken for one, keeps its path."""
    return all(_stays(match[1], resolve) for match in CANDIDATE.finditer(text))


def rewrite(text: str, spans: Iterable[tuple[int, int]], resolve: Resolve) -> Links:
    """Give every relative link of a Markdown text the path that `resolve` returns for it.

    `spans` are where the destinations stand, as `destinations` finds them. Links in code stay as
    they are, and so do anchors, titles and all other text.
    """
    parts: list[str] = []
    broken: dict[str, None] = {}
    position = 0
    for start, end in sorted(spans):
        if not position <= start <= end <= len(text):
            continue
        destination = text[start:end]
        path = path_of(destination)
        if is_of_a_machine(destination):
            new = None
        else:
            new = path if _leads_elsewhere(destination) else resolve(path)
        if new is None:
            broken[destination] = None
        elif new != path:
            tail = _TAIL.search(destination)
            parts += [text[position:start], _written(new), tail[0] if tail else ""]
            position = end
    return Links("".join([*parts, text[position:]]), tuple(broken))


def path_of(destination: str) -> str:
    """Return the path in a destination, without query and fragment, as it is on a disk."""
    return unquote(_TAIL.sub("", destination))


def leading(path: str, file: PurePosixPath, folder: PurePosixPath) -> str:
    """Return the path of a link that leads from a folder to a file: `path`, where that does.

    A `./` that `path` begins with stays, so that a link that is moved and moved back is the same.
    """
    new = posixpath.relpath(file.as_posix(), folder.as_posix())
    if posixpath.normpath(path) == new:
        return path
    here = "./" if path.startswith("./") and not new.startswith("../") else ""
    return here + new + "/" * path.endswith("/")


def is_of_a_machine(destination: str) -> bool:
    """Say whether a destination is an absolute path of one machine, which leads nowhere else."""
    return _OF_A_MACHINE.match(destination) is not None


def _leads_elsewhere(destination: str) -> bool:
    return bool(_ELSEWHERE.match(destination) or _ELSEWHERE.match(unquote(destination)))


def _stays(candidate: str, resolve: Resolve) -> bool:
    if is_of_a_machine(candidate):
        return False
    if _ELSEWHERE.match(candidate):
        return True
    path = _TAIL.sub("", candidate)
    return not _UNUSUAL.search(candidate) and resolve(path) == path


def _written(path: str) -> str:
    return _SPECIAL.sub(lambda match: f"%{ord(match[0]):02X}", path)


def destinations(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the destination of every link, image and link reference definition stands.

    Called in a worker: a Markdown parser can be kept busy for a long time.
    """
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import image, link

    parser = MarkdownIt("commonmark").enable("table")
    setattr(parser, "validateLink", lambda _: True)  # noqa: B010 - `file:` is to be found, too
    parser.inline.ruler.at("link", _recording(link, bang=0))
    parser.inline.ruler.at("image", _recording(image, bang=1))
    environment: dict[str, Any] = {}
    block = _Block(text)
    for token in parser.parse(text, environment):
        if token.type == "inline" and token.map and token.children:
            yield from block.inline(token.map, token.content, token.children)
    found = environment.get("references", {}).values()
    for definition in (*found, *environment.get("duplicate_refs", [])):
        yield from block.definition(definition["map"])


def _recording(rule: Callable[[Any, bool], bool], bang: int) -> Callable[[Any, bool], bool]:
    """Return a parser's rule, made to keep where in the content a destination stands."""

    def recording(state: Any, silent: bool) -> bool:  # noqa: FBT001 - the parser's own signature
        start, before = state.pos, len(state.tokens)
        if silent or not state.src.startswith("![" if bang else "[", start):
            return rule(state, silent)
        label_end = state.md.helpers.parseLinkLabel(state, start + bang, not bang)
        matched = rule(state, silent)
        is_inline = state.src[label_end + 1 : label_end + 2] == "(" and state.pos > label_end + 1
        if matched and is_inline:
            opened = next(each for each in state.tokens[before:] if each.type in _OPENED)
            opened.meta["destination"] = _destination_span(state, label_end + 2)
        return matched

    return recording


def _destination_span(state: Any, position: int) -> tuple[int, int]:
    while state.src[position : position + 1].isspace():
        position += 1
    end = state.md.helpers.parseLinkDestination(state.src, position, len(state.src)).pos
    if state.src.startswith("<", position):
        return position + 1, end - 1
    return position, end


class _Block:
    """Finds the content of a parser's tokens, which lacks indents and quote marks, in the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offsets = [0, *(match.end() for match in re.finditer("\n", text)), len(text) + 1]
        self.searched: dict[int, int] = {}

    def inline(
        self, lines: list[int], content: str, children: list[Any]
    ) -> Iterator[tuple[int, int]]:
        starts = self.line_starts(lines[0], content)
        for token in _with_nested(children):
            if "destination" not in token.meta:
                continue
            start, end = token.meta["destination"]
            line = content.count("\n", 0, start)
            offset = starts[line]
            text = content[start:end]
            if offset is not None:
                offset += start - (content.rfind("\n", 0, start) + 1)
            else:  # the parser has changed the line: `\\|` in a table is `|` in a cell
                offset = self.text.find(text, self.offsets[lines[0]], self.offsets[lines[1]])
            if offset >= 0:
                yield offset, offset + len(text)

    def line_starts(self, first: int, content: str) -> list[int | None]:
        starts: list[int | None] = []
        for number, line in enumerate(content.split("\n"), first):
            begin = max(self.offsets[number], self.searched.get(number, 0))
            found = self.text.find(line, begin, self.offsets[number + 1] - 1)
            starts.append(None if found < 0 else found)
            self.searched[number] = begin if found < 0 else found + len(line)
        return starts

    def definition(self, lines: list[int]) -> Iterator[tuple[int, int]]:
        start, end = self.offsets[lines[0]], self.offsets[lines[1]] - 1
        if match := _DEFINITION.search(self.text, start, end):
            yield match.span(match.lastindex or 0)


def _with_nested(children: list[Any]) -> Iterator[Any]:
    for token in children:
        yield token
        yield from _with_nested(token.children or [])
