"""Keys that the author gives in a client's own words."""

from collections.abc import Iterator, Mapping

from agentgen.diagnostics import Diagnostic, Severity, did_you_mean, quoted
from agentgen.model import Agent, Data, Prompt
from agentgen.schema import fits
from agentgen.targets import places
from agentgen.targets.key_types import KeyType
from agentgen.targets.reading import names
from agentgen.targets.slugs import slug_of
from agentgen.targets.target import Facts, Keys, KeyTypes, Target
from agentgen.targets.vocabulary import GENERIC

TRANSLATED = ("name", "description", "tools", "model", "icon", "targets")
"""Keys of the source that become something else, or nothing, by the target's own choice."""


def shared_keys(known: KeyTypes, data: Mapping[str, Data]) -> Keys:
    """Return the source's further keys that the client knows too, and whose values it takes."""
    return {
        key: value
        for key, value in data.items()
        if key not in TRANSLATED and key in known and _takes(known[key], value)
    }


def dropped_keys(
    target: Target, known: KeyTypes, item: Agent | Prompt, facts: Facts, kept: Keys
) -> Iterator[Diagnostic]:
    """Yield a note for each key of the source that the client is not told."""
    hidden = set(item.data) - set(TRANSLATED) - set(kept)
    if facts.icon and not any(facts.icon in str(value) for value in kept.values()):
        hidden.add("icon")
    if "tools" in item.data and not _asks_for_tools(target, item):
        hidden.add("tools")
    is_without_model = bool(item.data.get("model")) and "model" not in kept
    if is_without_model and "model" not in known:
        hidden.add("model")
    elif is_without_model:
        message = (
            f"{target.name} is not told `model`: {quoted(item.data['model'])} is none of its own"
        )
        help = f"name one in `targets: {{{target.name}: {{model: …}}}}`"
        place = places.of_key(item, "model")
        yield Diagnostic("dropped-key", message, place, Severity.NOTE, help=help)
    for key in item.data:
        if key in hidden:
            message = f"{target.name} is not told {quoted(key)}"
            place = places.of_key(item, key)
            yield Diagnostic("dropped-key", message, place, Severity.NOTE)


def _asks_for_tools(target: Target, item: Agent | Prompt) -> bool:
    """Say whether the client is told the tools of an item, in words of its own."""
    native = target.native
    if isinstance(item, Prompt):
        return native is not None and "tools" in native.prompts_known
    return native is not None and native.vocabulary is not None


def own_keys(target: Target, known: KeyTypes, data: Data) -> Keys:
    """Return what the source says under `targets` for this client, as far as it is right.

    A key that is None there is not to be written at all.
    """
    asked = _asked(target, data)
    return {key: value for key, value in asked.items() if key in known and takes(known[key], value)}


def wrong_keys(
    target: Target, known: KeyTypes, item: Agent | Prompt, data: Data
) -> Iterator[Diagnostic]:
    """Yield an error for each key under `targets` that this client does not know or take."""
    for key, value in _asked(target, data).items():
        path = ("targets", target.name, key)
        name = quoted(".".join(path))
        if key not in known:
            help = did_you_mean(key, known) or f"it knows {', '.join(map(quoted, sorted(known)))}"
            message = f"{name} is no key that {target.title} knows"
            yield Diagnostic("unknown-target-key", message, places.of_key(item, *path), help=help)
        elif not takes(known[key], value):
            wanted = known[key]["description"]
            message = (
                f"{name} must be {wanted} with no empty value in it"
                if fits(value, known[key])
                else f"{name} must be {wanted}, not {quoted(value)}"
            )
            yield Diagnostic("invalid-target-value", message, places.of_key(item, *path))
        elif key == "name" and target.agents.in_folders and value != slug_of(item):
            message = (
                f"{name} must be {quoted(slug_of(item))}, as the folder of the agent is called"
            )
            yield Diagnostic("invalid-target-value", message, places.of_key(item, *path))


def misnamed_tools(target: Target, item: Agent | Prompt, data: Data) -> Iterator[Diagnostic]:
    """Yield a warning for each tool under `targets` that this client calls otherwise.

    Other names pass: the client may have tools that agentgen has not heard of.
    """
    vocabulary = target.native.vocabulary if target.native else None
    if vocabulary is None or target.is_experimental:
        return
    own = {name.lower(): (name,) for name in vocabulary.own}
    for name in names(_asked(target, data).get("tools")) or ():
        called = own.get(name.lower()) or vocabulary.names.get(name, ())
        if name not in called and (called or name in GENERIC):
            message = f"{target.title} has no tool called {quoted(name)}"
            help = f"write {', '.join(map(quoted, called))}" if called else None
            place = places.of_key(item, "targets", target.name, "tools")
            yield Diagnostic("unknown-tool", message, place, Severity.WARNING, help=help)


def refused_values(
    target: Target, known: KeyTypes, item: Agent, kept: Keys
) -> Iterator[Diagnostic]:
    """Yield an error for each key of the source that the client knows and whose value it refuses.

    Keys that the source has for this client alone are those that `wrong_keys` looks at.
    """
    for key, value in kept.items():
        if key in item.data and key in known and not fits(value, known[key]):
            message = f"`{key}` must be {known[key]['description']} for {target.title}"
            place = places.of_key(item, key)
            yield Diagnostic("invalid-target-value", message, place)


def unknown_targets(item: Agent | Prompt, names: Mapping[str, Target]) -> Iterator[Diagnostic]:
    """Yield an error for each name under `targets` that is no target, or that holds no keys."""
    asked = item.data.get("targets")
    if asked is None:
        return
    if not isinstance(asked, dict):
        message = "`targets` must be a mapping of targets to keys or `false`"
        yield Diagnostic("invalid-target-value", message, places.of_key(item, "targets"))
        return
    for name, keys in asked.items():
        place = places.of_key(item, "targets", name)
        if name not in names:
            help = did_you_mean(name, names) or f"the targets are {', '.join(map(quoted, names))}"
            message = f"there is no target {quoted(name)}"
            yield Diagnostic("unknown-target", message, place, help=help)
        elif keys is not None and not isinstance(keys, (dict, bool)):
            message = f"`targets.{name}` must be a mapping of keys, or `false` to leave it out"
            yield Diagnostic("invalid-target-value", message, place)


def takes(kind: KeyType, value: Data) -> bool:
    """Say whether a client's key can have a value under `targets`; None leaves the key out."""
    return value is None or _takes(kind, value)


def _takes(kind: KeyType, value: Data) -> bool:
    """Say whether a client takes a value: it is of the key's type, and nothing in it is left open.

    Claude Code drops an agent for an empty key without a word (anthropics/claude-code#91781), and
    TOML has no word for nothing.
    """
    return fits(value, kind) and not _holds_nothing(value)


def _holds_nothing(value: Data) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_nothing, value.values()))
    if isinstance(value, list):
        return any(map(_holds_nothing, value))
    return value is None


def _asked(target: Target, data: Data) -> dict[str, Data]:
    asked = data.get(target.name) if isinstance(data, dict) else None
    return asked if isinstance(asked, dict) else {}
