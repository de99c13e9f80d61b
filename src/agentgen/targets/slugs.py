"""Names for clients that take no blanks, capitals or accents in them."""

import unicodedata

from agentgen.model import Agent, Prompt
from agentgen.patterns import pattern

LONGEST_SLUG = 50
"""Characters; Qwen Code takes no more (QwenLM/qwen-code, subagents/validation.ts)."""

_OTHER = pattern(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Return a text as lower-case ASCII letters and digits with single hyphens between words.

    It may be empty: not every text has such letters.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", plain).strip("-")[:LONGEST_SLUG].rstrip("-")


def slug_of(item: Agent | Prompt) -> str:
    """Return the slug of an agent's or prompt's name, or else of its file's."""
    return slug(item.name) or slug(item.document.stem)
