"""How messages show names and values from the input, and the name that may have been meant."""

from collections.abc import Iterable

LONGEST_VALUE = 80
"""How many characters of a value from the input a message shows."""


def quoted(value: object) -> str:
    """Return a value from the input in backticks, on one line and cut to a readable length."""
    text = " ".join(str(value).split())
    if len(text) > LONGEST_VALUE:
        text = text[: LONGEST_VALUE - 1] + "…"
    return f"`{text}`"


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return a help sentence with the known name nearest to a misspelt one, if one is near."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"did you mean {quoted(near[0])}?" if near else None
