"""Characters that nobody sees and that change what a text says, in sources and what they render to.

Sources are looked through with all their comments and raw blocks; and rendered texts as well, since
a template can write any character as an escape. The kinds are those of the attacks on agent files
that are known: bidirectional controls (CVE-2021-42574), tag characters and variation selectors,
which hide whole sentences, and zero-width characters. What people really write passes, where they
write it: joiners in emoji and in the scripts that need them, direction marks beside right-to-left
letters, soft hyphens within words.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from agentgen.diagnostics import Diagnostic, Location, Source
from agentgen.patterns import pattern

_ZWNJ, _ZWJ, _SOFT_HYPHEN = "\u200c", "\u200d", "\u00ad"
_DIRECTION_MARKS = "\u200e\u200f\u061c"
_KEYCAP = "\u20e3"
_LETTER_EMOJI = "\u2139"  # of the bases in Unicode's emoji-variation-sequences.txt, the only letter
# Letters without a shape, and others that print as nothing: DerivedCoreProperties.txt of Unicode,
# Default_Ignorable_Code_Point, less what the categories below have already.
_BLANK_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180b-\u180d\u180f"
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\ufff0-\uffff"
    f"{_BLANK_LETTERS}"
    "\U0001bca0-\U0001bca3\U00013430-\U0001343f\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_VISIBLE_FORMATS = pattern("[\u0600-\u0605\u06dd\u070f\ufffc\ufffd]")
# The flags of England, Scotland and Wales: a black flag, its region in tags, and the end tag.
_FLAG = pattern(
    "\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
    "|\U000e0077\U000e006c\U000e0073)\U000e007f"
)
_BLACK = "\U0001f3f4"
_KINDS = (
    (pattern("[\u202a-\u202e\u2066-\u2069\u206a-\u206f]"), "a bidirectional control"),
    (pattern("[\U000e0000-\U000e007f]"), "a tag character"),
    (pattern("[\ufe00-\ufe0f\U000e0100-\U000e01ef]"), "a variation selector"),
    (pattern("[\u2028\u2029]"), "a line separator that is no newline"),
    (pattern("[\ud800-\udfff]"), "half of a character"),
    (pattern("[\x00-\x1f\x7f-\x9f]"), "a control character"),
)


def hidden_in_source(source: Source, allowed: frozenset[str]) -> Iterator[Diagnostic]:
    """Yield an error for each hidden character of a source, once, where it stands first.

    `allowed` are characters that the project wants.
    """
    for character, place in hidden_places([source]).items():
        if character not in allowed:
            yield _diagnostic(character, "here stands", place)


def hidden_characters(
    source: Source,
    texts: Iterable[str],
    allowed: frozenset[str],
    elsewhere: Callable[[], Mapping[str, Location]] = dict,
) -> Iterator[Diagnostic]:
    """Yield an error for each hidden character in texts that were rendered from a source, once.

    One that stands in the source, or `elsewhere` in those that it can include, is reported there,
    as `hidden_in_source` does. `allowed` are characters that the project wants.
    """
    reported: set[str] = set()
    for text in texts:
        for index in _hidden(text):
            character = text[index]
            if character in reported or (character in allowed and not _is_half(character)):
                continue
            reported.add(character)
            place = hidden_places([source]).get(character) or elsewhere().get(character)
            if place is None:
                yield _diagnostic(character, "the rendered text holds", source.whole())
            else:
                yield _diagnostic(character, "here stands", place)


def hidden_places(sources: Iterable[Source]) -> dict[str, Location]:
    """Return where each character that is hidden somewhere is so first."""
    places: dict[str, Location] = {}
    for source in sources:
        for index in _hidden(source.text):
            if source.text[index] not in places:
                places[source.text[index]] = source.at(index)
    return places


def _diagnostic(character: str, words: str, place: Location) -> Diagnostic:
    name = f"U+{ord(character):04X}"
    allow = f'if it is meant, add "{name}" to the setting `allow_characters`'
    return Diagnostic(
        "hidden-character",
        f"{words} {_kind(character)} ({name})",
        place,
        help=None if _is_half(character) else allow,
    )


def _is_half(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def _hidden(text: str) -> Iterator[int]:
    if not _SUSPECT.search(text):
        return
    around = _FLAG.sub(lambda flag: _BLACK * len(flag[0]), text) if _BLACK in text else text
    for match in _SUSPECT.finditer(around):
        if not _belongs(around, match.start()):
            yield match.start()


def _belongs(text: str, index: int) -> bool:
    """Say whether the character at an index is one of those that real text has there."""
    character = text[index]
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if _VISIBLE_FORMATS.match(character):
        return True
    if character == _ZWJ:
        return (_is_emoji(before) and _is_emoji(after)) or _joins(before)
    if character == _ZWNJ:
        return _joins(before) or _joins(after)
    if character in _DIRECTION_MARKS:
        return _is_right_to_left(text, index)
    if character == _SOFT_HYPHEN:
        return before.isalpha() and after.isalpha()
    if "\ufe00" <= character <= "\ufe0f" or character >= "\U000e0100":
        return _is_variation(character, before, after)
    return False


def _is_variation(character: str, before: str, after: str) -> bool:
    if before in ("", " ", "\n"):
        return False
    if before in "#*0123456789":
        return character == "\ufe0f" and after == _KEYCAP
    category = unicodedata.category(before)
    if character in "\ufe0e\ufe0f":
        is_symbol = category in ("So", "Sm", "Sk", "Po", "Pd") and not before.isascii()
        return is_symbol or before == _LETTER_EMOJI
    ideograph = category == "Lo" and before >= "\u2e80"
    return ideograph or (category == "Sm" and character <= "\ufe0f")


def _is_emoji(character: str) -> bool:
    if character in ("", "\ufe0e"):
        return False
    return character == "\ufe0f" or unicodedata.category(character) in ("So", "Sk", "Sm")


def _joins(character: str) -> bool:
    """Say whether a character is a letter or mark of a script whose letters join."""
    return (
        character >= "\u0600"
        and unicodedata.category(character)[0] in "LM"
        and not "\u1e00" <= character <= "\u2dff"
        and not "\ufe00" <= character <= "\ufe0f"
    )


def _is_right_to_left(text: str, index: int) -> bool:
    near = text[max(index - 20, 0) : index + 20]
    alone = text[index + 1 : index + 2] not in _DIRECTION_MARKS or index + 1 == len(text)
    return alone and any(unicodedata.bidirectional(each) in ("R", "AL") for each in near)


def _kind(character: str) -> str:
    for among, words in _KINDS:
        if among.match(character):
            return words
    return "a character that cannot be seen"
