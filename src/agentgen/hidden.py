"""Characters that nobody sees and that change what a text says, found in rendered text.

Looked for in what was rendered and not only in sources, because a template can write any character
as an escape. The kinds are those of the attacks on agent files that are known: bidirectional
controls (CVE-2021-42574), tag characters and runs of variation selectors, which hide whole
sentences, and zero-width characters within words. What people really write passes: emoji with
joiners and flags, and the non-joiner of Persian.
"""

import re
from collections.abc import Iterator

from agentgen.diagnostics import Diagnostic, Location, Source

_KINDS = (
    ("control", "a control character", r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"),
    ("bidi", "a bidirectional control", r"[\u202a-\u202e\u2066-\u2069]"),
    ("tag", "a tag character", r"[\U000e0000-\U000e007f]"),
    ("selectors", "a run of variation selectors", r"[\ufe00-\ufe0f]{2,}|[\U000e0100-\U000e01ef]"),
    ("separator", "a line separator that is no newline", r"[\u2028\u2029]"),
    ("surrogate", "half of a character", r"[\ud800-\udfff]"),
    (
        "zerowidth",
        "a zero-width character",
        r"(?<=[\x20-\x7e])[{z}]|[{z}](?=[\x20-\x7e])",
    ),
)
_ALLOW = 'add "{}" to the setting `allow_characters`'
_ZERO_WIDTH = r"\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff"
_WORDS = {name: words for name, words, _ in _KINDS}
_HIDDEN = re.compile(
    "|".join(f"(?P<{name}>{pattern.replace('{z}', _ZERO_WIDTH)})" for name, _, pattern in _KINDS)
)
_SUSPECT = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff\ufe00-\ufe0f"
    rf"{_ZERO_WIDTH}\U000e0000-\U000e01ef]"
)
# England, Scotland, Wales and others: a black flag, its region in tag characters, and the end tag.
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")


def hidden_characters(source: Source, text: str, allowed: frozenset[str]) -> Iterator[Diagnostic]:
    """Yield an error for each kind of hidden character in a text that was rendered from a source.

    `allowed` are characters that the project wants.
    """
    if not _SUSPECT.search(text):
        return
    flags = [match.span() for match in _FLAG.finditer(text)] if "\U0001f3f4" in text else []
    reported: set[str] = set()
    for match in _HIDDEN.finditer(text):
        character = match[0][-1]
        kind = match.lastgroup or ""
        in_flag = any(start <= match.start() < end for start, end in flags)
        if in_flag or character in reported or (character in allowed and kind != "surrogate"):
            continue
        reported.add(character)
        name = f"U+{ord(character):04X}"
        yield Diagnostic(
            "hidden-character",
            f"the rendered text holds {_WORDS[kind]} ({name})",
            _place(source, character),
            help=None if kind == "surrogate" else f"if it is meant, {_ALLOW}".format(name),
        )


def _place(source: Source, character: str) -> Location:
    found = source.text.find(character)
    return source.whole() if found < 0 else source.at(found)
