"""What a source says of an agent or a prompt, put into a client's words for tools and models."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from agentgen.diagnostics import Diagnostic, Severity, did_you_mean, quoted
from agentgen.model import Agent, Data, Prompt
from agentgen.targets import TARGETS, places
from agentgen.targets.slugs import slug_of
from agentgen.targets.target import Facts, Target
from agentgen.targets.vocabulary import GENERIC, Tools, Vocabulary, translate
from agentgen.tools import tool_names

MOST_UNKNOWN = 20
"""Tools that are reported for one agent, of those that mean nothing and of those left out."""

Additions = Mapping[str, tuple[str, ...]]
"""The project's own names for tools, each with the names that it stands for."""


def facts_of(
    target: Target, item: Agent | Prompt, data: Mapping[str, Data], additions: Additions
) -> tuple[Facts, tuple[Diagnostic, ...]]:
    """Return what a client is to be told of an item, and what is wrong with it.

    `data` is its front matter, with values that are templates rendered.
    """
    native = target.native
    found: list[Diagnostic] = []
    tools = None
    if native is not None and native.vocabulary is not None and "tools" in data:
        tools = translate(_listed(data["tools"]), native.vocabulary, additions)
        found += _tool_problems(target, item, tools, additions)
    model = _line(data.get("model"))
    is_known = bool(model and native and native.models and re.fullmatch(native.models, model))
    facts = Facts(
        slug=slug_of(item),
        stem=item.document.stem,
        name=" ".join(item.name.split()),
        description=_line(data.get("description")),
        icon=_line(data.get("icon")),
        model=model if is_known else None,
        tools=None if tools is None or tools.is_everything else tools.names,
        kinds=_kinds(data) if tools is None else tools.kinds,
    )
    return facts, tuple(found)


def _kinds(data: Mapping[str, Data]) -> frozenset[str]:
    """Return the generic names of tools, for a client that has no list of its own for them."""
    if "tools" not in data:
        return frozenset()
    return translate(_listed(data["tools"]), Vocabulary({}), {}).kinds


def _listed(tools: Data) -> list[str]:
    if isinstance(tools, str):
        return tool_names(tools)
    return [str(each) for each in tools] if isinstance(tools, list) else []


def _line(value: Data) -> str | None:
    """Return a text on one line; clients have lost agents whose description had several."""
    return " ".join(value.split()) or None if isinstance(value, str) else None


def is_known(name: str, additions: Additions) -> bool:
    """Say whether a tool is one to the project, to agentgen, or to any client."""
    return name in additions or _is_known_to_any(name)


@cache
def _is_known_to_any(name: str) -> bool:
    natives = (target.native for target in TARGETS.values() if target.native)
    vocabularies = (native.vocabulary for native in natives if native.vocabulary)
    return not all(translate([name], each, {}).unknown for each in vocabularies)


def unknown_tool(item: Agent | Prompt, name: str, additions: Additions) -> Diagnostic:
    """Return what to say of a tool that nobody knows."""
    message = f"{quoted(name)} is no tool that agentgen knows"
    generic = ", ".join(map(quoted, GENERIC))
    help = did_you_mean(name, (*GENERIC, *additions)) or (
        f"say in the setting `tools` what it is; the generic names are {generic}"
    )
    place = places.of_tool(item, name)
    return Diagnostic("unknown-tool", message, place, Severity.WARNING, help=help)


def _tool_problems(
    target: Target, item: Agent | Prompt, tools: Tools, additions: Additions
) -> Iterator[Diagnostic]:
    asked = tools.unknown[:MOST_UNKNOWN]
    unknown = [name for name in asked if not is_known(name, additions)]
    for name in unknown:
        yield unknown_tool(item, name, additions)
    others = (each for each in asked if each not in unknown)
    for name in (*tools.without[:MOST_UNKNOWN], *others):
        message = f"{target.name} has nothing like the tool {quoted(name)}"
        yield Diagnostic("dropped-tool", message, places.of_tool(item, name), Severity.NOTE)
    if not tools.names and not tools.is_everything:
        message = f"none of the tools means anything to {target.name}"
        help = "an empty list is no tool at all; leave `tools` out for all of them"
        yield Diagnostic("no-tools", message, places.of_key(item, "tools"), help=help)
