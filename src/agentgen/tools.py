"""The tools that an agent asks for."""

import sys


def tool_names(text: str) -> list[str]:
    """Return the names in a comma-separated text."""
    return [sys.intern(name.strip()) for name in text.split(",") if name.strip()]
