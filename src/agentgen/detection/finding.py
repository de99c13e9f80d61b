"""What was found: a key of the project schema, its value, and the file and line that say so."""

import re
import unicodedata
from typing import TypeAlias

from agentgen.frozen import Frozen

Key: TypeAlias = tuple[str, ...]
"""Where a value belongs in the project schema; a language stands there by its name."""

LONGEST_TEXT = 300
LISTS = ("frameworks", "testing", "linting", "type_checking")
"""Keys of a language that hold several values; each is a finding of its own."""

_TEMPLATE_OR_LINK = re.compile(r"\{[{%#]|\]\(|\]\[|<!--|`")
_VERSION = re.compile(r"v?(\d{1,4}(?:\.\d{1,6}){0,3})")


class Place(Frozen):
    """A file or folder, by its path from the repository's root, and a line where it is known."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


class Finding(Frozen):
    """One value for one key, and what says so.

    `package` is the folder that it holds for (empty: the root), `ecosystem` is who found it. A
    finding with a `remark` is no more than a hint: it is shown, and is not part of the schema.
    """

    key: Key
    value: str
    place: Place
    package: str = ""
    ecosystem: str = ""
    remark: str | None = None


def plain_text(value: object) -> str | None:
    """Return a text on one line that can stand in any sentence; None where it is none.

    What could be taken for a tag of a template, a link or code is left out as a whole: it comes
    from a file that nobody wrote for agents.
    """
    if not isinstance(value, str) or _TEMPLATE_OR_LINK.search(value):
        return None
    text = " ".join("".join(each if _is_seen(each) else " " for each in value).split())
    return text if 0 < len(text) <= LONGEST_TEXT else None


def version_number(value: object) -> str | None:
    """Return the number of a version that is written as one (`v20.11.0` is 20.11.0)."""
    match = _VERSION.fullmatch(value.strip()) if isinstance(value, str) else None
    return match[1] if match else None


def _is_seen(character: str) -> bool:
    """Say whether people see a character: it is no control, format, private or lone surrogate."""
    return not unicodedata.category(character).startswith("C")
