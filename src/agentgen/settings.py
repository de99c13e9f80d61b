"""Settings: `agentgen.toml`, or `[tool.agentgen]` in `pyproject.toml`, found upward."""

import enum
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from agentgen.diagnostics import (
    AgentgenError,
    Diagnostic,
    Location,
    Source,
    did_you_mean,
    fail,
    has_errors,
    quoted,
)
from agentgen.frozen import Frozen, asdict
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Limits
from agentgen.paths import ShownPath, real_path
from agentgen.patterns import pattern
from agentgen.source.text import mentions, read_source
from agentgen.source.toml import NestedTooDeeply, read_toml

MOST_OF_ANY_LIMIT = 1_000_000
DEFAULT_LIMITS = Limits()
OWN_FILE = "agentgen.toml"
SHARED_FILE = "pyproject.toml"
_LINT_LISTS = ("select", "extend-select", "ignore", "front-matter-keys")
_TOML_PLACE = pattern(r" \(at line (\d+), column (\d+)\)$| \(at end of document\)$")


class LintSettings(Frozen):
    """Which rules are wanted: `select` and `extend_select` less `ignore`, by their names.

    Without `select` these are all rules, less those that are off by default.

    `per_file_ignores` are pairs of a glob over paths and the rules that are not wanted there,
    `front_matter_keys` are keys of the project's own, `max_tokens` is what one agent may take (0:
    as many as it likes).
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    front_matter_keys: tuple[str, ...] = ()
    max_tokens: int = 0
    extend_select: tuple[str, ...] = ()


DEFAULT_LINT = LintSettings()


class ToolSettings(Frozen):
    """The project's own names for tools, each with a target (`*`: all) and what it means there."""

    names: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


DEFAULT_TOOLS = ToolSettings()


class Settings(Frozen):
    """What a project fixes for every run; each field is a key of the settings file.

    `agents`, `prompts`, `partials` and `output` are folders, `schema` are files, all relative to
    the settings file; `targets` are target names; `allow_characters` are hidden characters, as
    `U+200B`, that agents may hold.
    """

    agents: str = "agents"
    prompts: str = "prompts"
    partials: str = "partials"
    schema: tuple[str, ...] = ()
    output: str = "build"
    targets: tuple[str, ...] = ("markdown",)
    undefined: Undefined = Undefined.GUARDED
    whitespace: Whitespace = Whitespace.TIDY
    limits: Limits = DEFAULT_LIMITS
    allow_characters: tuple[str, ...] = ()
    lint: LintSettings = DEFAULT_LINT
    tools: ToolSettings = DEFAULT_TOOLS

    def tools_for(self, target: str) -> dict[str, tuple[str, ...]]:
        """Return what the project's own names for tools mean to a target; it may be nothing."""
        meanings: dict[str, tuple[str, ...]] = {name: () for name, _, _ in self.tools.names}
        for wanted in ("*", target):
            meanings |= {
                name: meaning for name, where, meaning in self.tools.names if where == wanted
            }
        return meanings


class Found(Frozen):
    """The folder that a project's paths are relative to, its settings, and their file, if any.

    `source` is the text of that file.
    """

    root: Path
    settings: Settings
    file: Path | None = None
    source: Source | None = None


def find_settings(directory: Path, shown: ShownPath) -> Found:
    """Return the settings of the nearest folder at or above `directory` that has any.

    Without any, `directory` is the root and the defaults hold. Raises `AgentgenError` for a file
    that is not TOML, or a key or value that agentgen does not know.
    """
    directory = real_path(directory)
    for folder in (directory, *directory.parents):
        own, shared = folder / OWN_FILE, folder / SHARED_FILE
        if own.is_file():
            source = read_source(own, shown(own)).source
            return Found(folder, _settings(source, _toml(source), ()), own, source)
        if shared.is_file() and (found := _read_shared(folder, shared, shown(shared))) is not None:
            return found
    return Found(directory, Settings())


def _read_shared(folder: Path, path: Path, shown: str) -> Found | None:
    if not mentions(path, b"agentgen", shown):
        return None
    source = read_source(path, shown).source
    tool = _toml(source).get("tool", {})
    if not isinstance(tool, dict) or "agentgen" not in tool:
        return None
    settings = _settings(source, tool["agentgen"], ("tool", "agentgen"))
    return Found(folder, settings, path, source)


def _toml(source: Source) -> dict[str, Any]:
    try:
        return read_toml(source.text)
    except NestedTooDeeply as error:
        raise fail("invalid-settings", str(error), source.whole()) from None
    except ValueError as error:  # TOMLDecodeError is one, and so is a number without end
        text = str(error)
        message = _TOML_PLACE.sub("", text)
        raise fail(
            "invalid-settings",
            f"this is not TOML: {message[:1].lower()}{message[1:]}",
            _toml_place(source, text),
        ) from None


def _toml_place(source: Source, message: str) -> Location:
    match = _TOML_PLACE.search(message)
    if match is None:
        return source.whole()
    if match[1] is None:
        return source.at(max(len(source.text) - 1, 0))
    return source.at(source.line_span(int(match[1])).start + int(match[2]) - 1)


def _settings(source: Source, values: object, table: tuple[str, ...]) -> Settings:
    if not isinstance(values, dict):
        raise fail("invalid-settings", f"`{'.'.join(table)}` must be a table", source.whole())
    problems = list(_problems(source, values, table))
    if has_errors(problems):
        raise AgentgenError(problems)
    fields = _defaults()
    return Settings(**{key: _value(value, fields[key]) for key, value in values.items()})


def _defaults() -> dict[str, Any]:
    return {name: getattr(Settings(), name) for name in Settings.__match_args__}


def _problems(
    source: Source, values: dict[str, Any], table: tuple[str, ...]
) -> Iterator[Diagnostic]:
    fields = _defaults()
    for key, value in values.items():
        place = _key_place(source, key, table)
        if key not in fields:
            help = did_you_mean(key, fields) or f"the settings are {_listed(fields)}"
            yield Diagnostic(
                "unknown-setting", f"there is no setting {quoted(key)}", place, help=help
            )
        elif isinstance(value, dict) and isinstance(fields[key], (Limits, LintSettings)):
            yield from _nested_problems(source, key, value, table)
        elif (wanted := _wanted(value, fields[key])) is not None:
            message = f"the setting {quoted(key)} must be {wanted}, not {quoted(value)}"
            yield Diagnostic("invalid-settings", message, place)


def _nested_problems(
    source: Source, key: str, values: dict[str, Any], table: tuple[str, ...]
) -> Iterator[Diagnostic]:
    """Report the keys and values of `[limits]` or `[lint]`."""
    known = _KEYS[key]
    for name, value in values.items():
        full = f"{key}.{name}"
        place = _key_place(source, name, (*table, key))
        if place.span is None:
            place = _key_place(source, key, table)
        if name not in known:
            help = did_you_mean(name, known) or f"the settings in `[{key}]` are {_listed(known)}"
            message = f"there is no setting {quoted(full)}"
            yield Diagnostic("unknown-setting", message, place, help=help)
        elif (wanted := known[name](name, value)) is not None:
            message = f"the setting {quoted(full)} must be {wanted}, not {quoted(value)}"
            yield Diagnostic("invalid-settings", message, place)


def _wanted_limit(name: str, value: object) -> str | None:
    return None if parse_limit(name, str(value)) is not None else "a positive number"


def _wanted_list(_name: str, value: object) -> str | None:
    is_list = isinstance(value, list) and all(map(_is_text, value))
    return None if is_list else "a list of texts"


def _wanted_lists(name: str, value: object) -> str | None:
    is_table = isinstance(value, dict) and not any(
        _wanted_list(name, each) for each in value.values()
    )
    return None if is_table else "a table of globs with a list of rules each"


def _wanted_count(_name: str, value: object) -> str | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return None if is_count else "a whole number"


_KEYS: dict[str, dict[str, Callable[[str, object], str | None]]] = {
    "limits": dict.fromkeys(asdict(Limits()), _wanted_limit),
    "lint": {
        **dict.fromkeys(_LINT_LISTS, _wanted_list),
        "per-file-ignores": _wanted_lists,
        "max-tokens": _wanted_count,
    },
}
"""What is wanted of each key of a table, by a function that returns it in words, or None."""


def _wanted(value: object, default: object) -> str | None:
    if isinstance(default, (Limits, LintSettings)):
        return "a table"
    if isinstance(default, ToolSettings):
        return None if _is_tools(value) else "a table of names with what they mean"
    if isinstance(default, enum.StrEnum):
        choices = [str(choice) for choice in type(default)]
        return None if value in choices else f"one of {_listed(choices)}"
    if isinstance(default, tuple):
        values = value if isinstance(value, list) else [value]
        may_be = bool(values) or not default
        return None if may_be and all(map(_is_text, values)) else "text or a list of texts"
    return None if _is_text(value) else "text"


def _is_tools(value: object) -> bool:
    return isinstance(value, dict) and all(
        _is_texts(each) or (isinstance(each, dict) and all(map(_is_texts, each.values())))
        for each in value.values()
    )


def _is_texts(value: object) -> bool:
    return _is_text(value) or (isinstance(value, list) and all(map(_is_text, value)))


def _tools(value: dict[str, Any]) -> ToolSettings:
    names = [
        (name, target, tuple(meaning) if isinstance(meaning, list) else (meaning,))
        for name, each in value.items()
        for target, meaning in (each if isinstance(each, dict) else {"*": each}).items()
    ]
    return ToolSettings(tuple(names))


def parse_limit(name: str, text: str) -> float | int | None:
    """Return the value of a limit that is written as text; None where it is none."""
    default = asdict(Limits()).get(name)
    try:
        number = float(text) if isinstance(default, float) else int(text)
    except ValueError:
        return None
    return number if default is not None and 0 < number <= MOST_OF_ANY_LIMIT else None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != "" and value.isprintable()


def _value(value: Any, default: object) -> Any:
    if isinstance(default, Limits):
        return Limits(**value)
    if isinstance(default, ToolSettings):
        return _tools(value)
    if isinstance(default, LintSettings):
        per_file = value.get("per-file-ignores", {}).items()
        return LintSettings(
            select=tuple(value.get("select", ())),
            extend_select=tuple(value.get("extend-select", ())),
            ignore=tuple(value.get("ignore", ())),
            per_file_ignores=tuple((pattern, tuple(rules)) for pattern, rules in per_file),
            front_matter_keys=tuple(value.get("front-matter-keys", ())),
            max_tokens=value.get("max-tokens", 0),
        )
    if isinstance(default, tuple):
        return tuple(value) if isinstance(value, list) else (value,)
    return type(default)(value) if isinstance(default, enum.StrEnum) else value


def _listed(names: "dict[str, Any] | list[str]") -> str:
    return ", ".join(f"`{name}`" for name in names)


def _key_place(source: Source, key: str, table: tuple[str, ...]) -> Location:
    """Find the key's line; tomllib keeps no positions, so only an unmistakable one counts."""
    heading = re.compile(r"^\s*\[\s*" + r"\s*\.\s*".join(table) + r"\b", re.MULTILINE)
    above = heading.search(source.text) if table else None
    if table and above is None:
        return source.whole()
    name = re.escape(key)
    line = re.compile(rf"^[ \t]*(?:\[+[^\n]*\b)?({name})\b[^\n=]*[=\]]", re.MULTILINE)
    matches = list(line.finditer(source.text, above.end() if above else 0))
    return source.at(*matches[0].span(1)) if len(matches) == 1 else source.whole()
