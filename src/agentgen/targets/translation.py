"""An agent or a prompt becomes the text of a client's file, and what there is to say about it."""

from typing import Any, cast

from agentgen.diagnostics import Diagnostic
from agentgen.frozen import Frozen, field
from agentgen.model import Agent, Data, Prompt
from agentgen.source import front_matter_text
from agentgen.targets import checks, overrides
from agentgen.targets.facts import Additions, facts_of
from agentgen.targets.key_types import KeyType
from agentgen.targets.target import Facts, Keys, Native, Target
from agentgen.targets.verbatim import RenderedValues, head


class Translation(Frozen):
    """The text of a file, or of its part in a shared file, and diagnostics."""

    text: str = field(repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()


def translate(
    target: Target, item: Agent | Prompt, values: RenderedValues, body: str, additions: Additions
) -> Translation:
    """Return the file that a target makes of a rendered body.

    `values` are front matter values that were templates. `additions` are the project's own names
    for tools. What the author has to know or mend is among the diagnostics.
    """
    if target.native is None:
        written = head(item, values)
        return Translation(written + body if written else front_matter_text({}, body))
    native = target.native
    data = _with_values(item.data, values)
    facts, found = facts_of(target, item, data, additions)
    known = native.known if isinstance(item, Agent) else native.prompts_known
    keys = _keys(target, native, item, facts, data)
    diagnostics = [
        *overrides.wrong_keys(target, known, item, data.get("targets")),
        *overrides.misnamed_tools(target, item, data.get("targets")),
        *checks.traps(target, native, item, body),
    ]
    if isinstance(item, Agent) or "tools" in known:
        diagnostics += found
    diagnostics += overrides.dropped_keys(target, known, item, facts, keys)
    if isinstance(item, Prompt):
        return Translation(front_matter_text(keys, body), tuple(diagnostics))
    diagnostics += [
        *overrides.refused_values(target, known, item, keys),
        *checks.missing_keys(target, native, item, keys),
        *checks.refused_name(target, native, item, facts),
        *checks.body_limits(target, native, item, body),
    ]
    return Translation(native.compose(keys, body), tuple(diagnostics))


def keys_of(target: Target, item: Agent | Prompt, additions: Additions) -> Keys:
    """Return the keys that a client of a target with `native` is given for an item."""
    assert target.native is not None  # noqa: S101 - as the caller has seen
    facts, _ = facts_of(target, item, item.data, additions)
    return _keys(target, target.native, item, facts, item.data)


def _keys(
    target: Target, native: Native, item: Agent | Prompt, facts: Facts, data: dict[str, Data]
) -> Keys:
    if isinstance(item, Agent):
        known, made = native.known, native.keys(facts)
    elif native.prompt_keys is not None:
        known, made = native.prompts_known, native.prompt_keys(facts)
    else:
        return {}
    made |= overrides.shared_keys(known, data)
    made |= overrides.own_keys(target, known, data.get("targets"))
    plain = {key: list(each) if isinstance(each, tuple) else each for key, each in made.items()}
    return {key: each for key, each in plain.items() if _says_something(each, known.get(key))}


def _says_something(value: Data, kind: KeyType | None) -> bool:
    """Say whether a value is to be written; of an empty list only the client can tell."""
    if value == [] and kind is not None:
        return overrides.takes(kind, value)
    return value not in (None, "", {})


def _with_values(data: dict[str, Data], values: RenderedValues) -> dict[str, Data]:
    """Return the data with each value that is a template replaced by what it was rendered to."""
    if not values:
        return data
    from copy import deepcopy  # few agents have values that are templates

    new: Any = deepcopy(data)
    for value, rendered in values:
        *above, last = value.path
        place = new
        for step in above:
            place = place[step]
        place[last] = rendered
    return cast("dict[str, Data]", new)
