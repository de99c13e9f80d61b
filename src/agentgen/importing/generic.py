"""A client's names for tools become generic ones, where these mean exactly the same to it."""

import re
from collections.abc import Iterable

from agentgen.targets.facts import Additions
from agentgen.targets.vocabulary import GENERIC, Vocabulary, generic_names, translate


def generic_tools(own: Iterable[str], vocabulary: Vocabulary, additions: Additions) -> list[str]:
    """Return names that translate to the client's own, each generic where that can be.

    The client's own names stay where a generic one would allow more, unless they are generic names
    themselves: `search` alone is more than that of Copilot. Those that mean nothing are left out.
    """
    wanted = list(dict.fromkeys(own))
    meant = {name: _exact_kinds(name, wanted, vocabulary, additions) for name in wanted}
    kinds = [kind for each in meant.values() for kind in each]
    covered = {own for kind in kinds for own in translate([kind], vocabulary, additions).names}
    asked: dict[str, None] = {}
    for name in wanted:
        if name in covered:
            asked.update(dict.fromkeys(meant[name]))
        elif said := _as_it_is(name, vocabulary, additions):
            asked[said] = None
        else:
            asked.update(dict.fromkeys(_kinds(name, vocabulary)))
    return list(asked)


def _exact_kinds(
    name: str, wanted: list[str], vocabulary: Vocabulary, additions: Additions
) -> list[str]:
    """Return the generic names for a client's name that allow nothing beyond what is wanted."""
    return [
        kind
        for kind in _kinds(name, vocabulary)
        if (made := translate([kind], vocabulary, additions).names) and set(made) <= set(wanted)
    ]


def _kinds(name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the generic names that a client's name may stand for."""
    if (kinds := generic_names(name)) and name != vocabulary.everything:
        return kinds
    only = [kind for kind, names in vocabulary.names.items() if names == (name,)]
    return tuple(only) if len(only) == 1 else ()


def _as_it_is(name: str, vocabulary: Vocabulary, additions: Additions) -> str | None:
    """Return the client's own name, or that of an MCP tool as sources have it; None for neither."""
    for said in () if name in vocabulary.own else _mcp(name, vocabulary):
        if translate([said], vocabulary, additions).names == (name,):
            return said
    return name if _means_itself(name, vocabulary, additions) else None


def _means_itself(name: str, vocabulary: Vocabulary, additions: Additions) -> bool:
    return name not in GENERIC and translate([name], vocabulary, additions).names == (name,)


def _mcp(name: str, vocabulary: Vocabulary) -> list[str]:
    found = []
    for form, tool in ((vocabulary.mcp_server, "*"), (vocabulary.mcp, None)):
        pattern = re.escape(form or "").replace(r"\{server\}", "(?P<server>(?:(?!__)[\\w.-])+?)")
        match = re.fullmatch(pattern.replace(r"\{tool\}", "(?P<tool>[\\w.-]+)"), name)
        if form and "{server}" in form and match is not None:
            found.append(f"{match['server']}/{tool or match['tool']}")
    return found
