"""Keys of clients become front matter of a source, such that rendering gives the keys back.

What a source says in words that every client has is guessed from the first client's keys. Whatever
the translation then makes of it and the client's file has not, or has otherwise, is said under
`targets`: so the result does not depend on how good the guess was.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, cast

from agentgen.diagnostics import Diagnostic, Severity, Source, quoted
from agentgen.frozen import Frozen, field
from agentgen.importing.generic import generic_tools
from agentgen.importing.originals import Original
from agentgen.model import Agent, Data, Document, Prompt
from agentgen.settings import Settings
from agentgen.targets.facts import Additions
from agentgen.targets.overrides import takes
from agentgen.targets.reading import Keys, Said, names
from agentgen.targets.slugs import slug
from agentgen.targets.target import KeyTypes, Native
from agentgen.targets.translation import keys_of

SOURCE_TEXTS = ("name", "description", "icon", "model", "version")
TAKEN = ("name", "description", "icon", "tools", "model", "targets")
"""Keys of a source with a meaning that a client's key of the same name need not have."""

RULE = "lost-by-import"

_TAG = re.compile(r"\{[{%#]")
_NAMES = ("tools", "groups", "disallowedTools", "allowed-tools")


class Translated(Frozen):
    """The front matter of a source, as plain data, and notes about what clients will not get."""

    data: dict[str, Data] = field(repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()


def translate_back(originals: Sequence[Original], settings: Settings) -> Translated:
    """Return the front matter from which each original's keys are rendered; all have one stem."""
    said = [_native(each).said(each.keys) for each in originals]
    guesses = list(_guesses(originals, said, settings))
    data = min(guesses, key=lambda guess: _said_apart(guess, originals, settings))
    own: dict[str, Data] = {}
    notes: list[Diagnostic] = []
    for each in originals:
        apart = _apart(data, each, settings)
        mine = {key: value for key, value in apart.items() if _is_taken(value, _known(each), key)}
        for key, value in apart.items():
            if key not in mine:
                notes.append(_keep(data, each, key, value))
        own |= {each.origin.target.name: cast("Data", mine)} if mine else {}
    return Translated({**data, "targets": own} if own else data, tuple(notes))


def _native(original: Original) -> Native:
    native = original.origin.target.native
    assert native is not None  # noqa: S101 - what has none is not translated
    return native


def _known(original: Original) -> KeyTypes:
    native = _native(original)
    return native.prompts_known if original.origin.is_prompt else native.known


def _guesses(
    originals: Sequence[Original], said: Sequence[Said], settings: Settings
) -> Iterator[dict[str, Data]]:
    """Yield what the source may say in words that every client has, the likeliest first."""
    first = originals[0]
    description = next((each.description for each in said if each.description), None)
    model = next(
        (each.model for each, one in zip(said, originals, strict=True) if _is_model(each, one)),
        None,
    )
    named = [name for each in said for name in each.names if not _TAG.search(name)]
    for tools in (*_tools(originals, said, settings), None):
        for name in dict.fromkeys([*named, first.stem]):
            icon, plain = _icon(name)
            yield _without_none(
                {
                    "name": None if first.origin.is_prompt and not named else plain,
                    "icon": icon,
                    "description": " ".join(description.split()) if description else None,
                    "tools": tools,
                    "model": model,
                }
            )


def _is_model(said: Said, original: Original) -> bool:
    models = _native(original).models
    return bool(said.model and models and re.fullmatch(models, said.model))


def _icon(name: str) -> tuple[str | None, str]:
    """Return the sign that a name begins with, if it is one, and the name."""
    words = " ".join(name.split())
    first, _, rest = words.partition(" ")
    is_sign = rest and not any(each.isalnum() or each in "#*-_+/" for each in first)
    is_sign = is_sign and not first.isascii()
    return (first, rest) if is_sign else (None, words)


def _tools(
    originals: Sequence[Original], said: Sequence[Said], settings: Settings
) -> Iterator[list[Data]]:
    for each, one in zip(said, originals, strict=True):
        vocabulary = _native(one).vocabulary
        if each.tools and vocabulary is not None:
            tools = generic_tools(each.tools, vocabulary, _additions(one, settings))
            if tools:
                yield list[Data](tools)
                return


def _additions(original: Original, settings: Settings) -> Additions:
    return settings.tools_for(original.origin.target.name)


def _said_apart(data: dict[str, Data], originals: Iterable[Original], settings: Settings) -> int:
    """Return how much has to be said under `targets`; a file that would be renamed counts most."""
    return sum(
        len(_apart(data, each, settings)) + 100 * _is_moved(data, each) for each in originals
    )


def _is_moved(data: Mapping[str, Data], original: Original) -> bool:
    in_folders = original.origin.target.agents.in_folders and not original.origin.is_prompt
    return in_folders and slug(str(data.get("name"))) != original.stem


def _apart(data: dict[str, Data], original: Original, settings: Settings) -> Keys:
    """Return the client's keys that the translation does not give; None: one that it must not."""
    made = keys_of(original.origin.target, _item(data, original), _additions(original, settings))
    wanted = read_keys(original)
    differing = {key: value for key, value in wanted.items() if not same(key, made.get(key), value)}
    return differing | dict.fromkeys(key for key in made if key not in wanted)


def read_keys(original: Original) -> Keys:
    """Return the keys of an original as its client takes them: the file names what has no name."""
    keys = {key: value for key, value in original.keys.items() if value is not None}
    if original.origin.is_prompt:
        return keys
    if "name" in _known(original):
        keys.setdefault("name", original.stem)
    if original.origin.target.name_overrides_stem and keys["name"] == original.stem:
        del keys["name"]
    return keys


def _item(data: dict[str, Data], original: Original) -> Agent | Prompt:
    kind = Prompt if original.origin.is_prompt else Agent
    path = PurePosixPath(original.role, f"{original.stem}.md")
    document = Document(path, Path(path), Source(str(path), ""), None, 0)
    name = str(data.get("name") or original.stem)
    description = data.get("description")
    return kind(document, name, str(description) if description else None, {**data, "name": name})


def same(key: str, one: Any, other: Any) -> bool:
    """Say whether a client takes two values of a key for the same.

    Blanks at the ends of a text mean nothing, nor does the order of tools, nor whether they are a
    list or a text. Of permissions the last match counts, so that their order does.
    """
    if key in _NAMES:
        listed, wanted = names(one), names(other)
        if listed is not None and wanted is not None:
            return set(listed) == set(wanted) and bool(listed) == bool(wanted)
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    if isinstance(one, dict) and isinstance(other, dict) and key == "permission":
        return one == other and (list(one) == list(other) or _is_allow_list(one, other))
    return _json(one) == _json(other)


def _is_allow_list(*asked: dict[str, Any]) -> bool:
    return all(
        next(iter(each)) == "*" and set(list(each.values())[1:]) <= {"allow"} for each in asked
    )


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _is_taken(value: Any, known: KeyTypes, key: str) -> bool:
    return key in known and takes(known[key], value)


def _keep(data: dict[str, Data], original: Original, key: str, value: Any) -> Diagnostic:
    """Keep a key that the client's table has no place for, if there is room for it; and say so."""
    target = original.origin.target
    is_text = key in SOURCE_TEXTS and not isinstance(value, (dict, list))
    is_empty_list = (key, value) == ("tools", [])
    is_free = key not in TAKEN and key not in SOURCE_TEXTS
    place = original.part.place
    if same(key, data.get(key), value):
        message = f"{target.name} is not told {quoted(key)}, which the source has"
        return Diagnostic("dropped-key", message, place, Severity.NOTE)
    if key in data or not (is_free or is_text or is_empty_list):
        message = f"{quoted(key)} is lost: no source has room for it"
        return Diagnostic(RULE, message, place, Severity.WARNING)
    data[key] = str(value) if is_text else value
    if key in _known(original):
        message = (
            f"{quoted(key)} stays in the source: {quoted(value)} is no value for {target.name}"
        )
        return Diagnostic(RULE, message, place, Severity.WARNING)
    message = f"{target.name} is not told {quoted(key)}, which stays in the source"
    return Diagnostic("dropped-key", message, place, Severity.NOTE)


def _without_none(data: dict[str, Data]) -> dict[str, Data]:
    return {key: value for key, value in data.items() if value is not None}
