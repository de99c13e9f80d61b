"""JSON Schemas that the clients' tables of keys are written with; each says in words what it is."""

from typing import Any

KeyType = dict[str, Any]

TEXT: KeyType = {"description": "text", "type": "string", "minLength": 1}
YES_OR_NO: KeyType = {"description": "`true` or `false`", "type": "boolean"}
COUNT: KeyType = {"description": "a whole number above 0", "type": "integer", "minimum": 1}
NUMBER: KeyType = {"description": "a number", "type": "number"}
NAMES: KeyType = {"description": "a list of names", "type": "array", "items": TEXT, "minItems": 1}
LIST: KeyType = {"description": "a list", "type": "array", "minItems": 1}
MAPPING: KeyType = {"description": "a mapping", "type": "object", "minProperties": 1}
MAPPINGS: KeyType = {
    "description": "a list of mappings",
    "type": "array",
    "items": {"type": "object"},
    "minItems": 1,
}
TEXTS_BY_NAME: KeyType = {
    "description": "a mapping of names to texts",
    "type": "object",
    "additionalProperties": TEXT,
    "minProperties": 1,
}


def one_of(*names: str) -> KeyType:
    """Return the type of a text that is one of these."""
    listed = ", ".join(f"`{name}`" for name in names)
    return {"description": f"one of {listed}", "type": "string", "enum": list(names)}


def either(*types: KeyType) -> KeyType:
    """Return the type of a value that fits one of these."""
    words = " or ".join(each["description"] for each in types)
    return {"description": words, "anyOf": list(types)}


def up_to(most: int) -> KeyType:
    """Return the type of a text of at most so many characters."""
    words = f"text of at most {most:,} characters"
    return {**TEXT, "description": words, "maxLength": most}


def like(pattern: str, words: str) -> KeyType:
    """Return the type of a text that a regular expression matches, and what that is in words."""
    return {"description": words, "type": "string", "pattern": f"^(?:{pattern})$"}


LIST_OR_TEXT: KeyType = either(NAMES, TEXT)
SLUG: KeyType = like("[a-z0-9]+(-[a-z0-9]+)*", "lower-case words with hyphens between them")
