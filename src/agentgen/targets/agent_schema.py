"""The JSON Schema of agents' front matter, made from the tables of all targets, for editors."""

from collections.abc import Iterable
from typing import Any

from agentgen.targets.key_types import KeyType
from agentgen.targets.target import KeyTypes, Target
from agentgen.targets.vocabulary import GENERIC

_TEXT = {"type": "string"}


def agent_json_schema(targets: Iterable[Target]) -> dict[str, Any]:
    """Return a JSON Schema (draft 2020-12) of front matter, as plain data.

    Other keys than those it names are allowed, as they are in agents; keys under `targets` are
    held to the clients' own.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Front matter of an agent",
        "type": "object",
        "properties": {**_common(), "targets": _targets(targets)},
    }


def _common() -> dict[str, Any]:
    tools = ", ".join(f"`{name}` ({purpose})" for name, purpose in GENERIC.items())
    return {
        "name": {
            "description": "What the agent is called; the file's name if it is absent.",
            "examples": ["code-reviewer"],
            **_TEXT,
        },
        "description": {
            "description": "When to use the agent: clients choose one by it. One line.",
            "examples": ["Reviews changes before they are merged"],
            **_TEXT,
        },
        "tools": {
            "description": f"What the agent may use; all, if it is absent. Generic: {tools}.",
            "examples": [["read", "search", "terminal"], "read, search, terminal"],
            "anyOf": [
                {"type": "array", "items": {"examples": list(GENERIC), **_TEXT}, "minItems": 1},
                _TEXT,
            ],
        },
        "model": {
            "description": "The model to use, for clients that know one of this name.",
            **_TEXT,
        },
        "icon": {
            "description": "An emoji, for clients that show one.",
            "examples": ["🔍"],
            **_TEXT,
        },
        "version": {
            "description": "The agent's own version, for templates to use.",
            "anyOf": [_TEXT, {"type": "number"}],
        },
    }


def _targets(targets: Iterable[Target]) -> dict[str, Any]:
    return {
        "description": "Keys in the words of one client, or `false` to leave it out.",
        "type": "object",
        "properties": {
            target.name: _one(target, target.native.known) for target in targets if target.native
        },
        "additionalProperties": False,
    }


def _removable(kind: KeyType) -> dict[str, Any]:
    """Return the type of a key that may also be null, so that it is not written."""
    words = kind["description"]
    return {"description": words, "anyOf": [kind, {"type": "null"}]}


def _one(target: Target, known: KeyTypes) -> dict[str, Any]:
    return {
        "description": f"{target.title}: keys to add or to replace.",
        "anyOf": [
            {"type": "boolean"},
            {"type": "null"},
            {
                "type": "object",
                "properties": {key: _removable(kind) for key, kind in known.items()},
                "additionalProperties": False,
            },
        ],
    }
