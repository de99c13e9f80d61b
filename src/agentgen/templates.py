"""How the name in an include finds a template. Names look like paths and never touch the disk."""

from collections.abc import Callable, Container, Iterable
from pathlib import PurePosixPath

FOLDERS = ("partials", "prompts", "agents")
"""The first part of every template's name, in the order in which a bare name is looked for."""


def find_template(name: str, parent: str, names: Container[str]) -> str | None:
    """Return the full name that an include in the template `parent` means; None if there is none.

    `./x.md` and `../x.md` start from the including file. Any other name is looked for as it is,
    beside the including file, then in `partials/`, `prompts/` and `agents/`.
    """
    beside = _normal(PurePosixPath(parent).parent / name)
    places = [beside]
    if not name.startswith(("./", "../")):
        places = [name, beside, *(f"{folder}/{name}" for folder in FOLDERS)]
    return next((place for place in places if place in names), None)


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def template_of(name: str) -> str:
    """Return the template that a name means; that of a front matter value ends in its number."""
    template, _, number = name.rpartition("#")
    return template if template and number.isdecimal() else name


_NONCHARACTERS = [chr(point) for point in range(0xFDD0, 0xFDF0)]


def unused_characters(texts: Callable[[], Iterable[str]]) -> tuple[str, str]:
    """Return two characters that no text holds, for tidy whitespace to mark places with.

    They are Unicode noncharacters, which mean nothing in any text that is meant to be exchanged;
    empty ones, if the texts hold one of each pair. `texts` gives them all, each time it is called.
    """
    points = iter(_NONCHARACTERS)
    for first, second in zip(points, points, strict=True):
        if not any(first in text or second in text for text in texts()):
            return first, second
    return "", ""
