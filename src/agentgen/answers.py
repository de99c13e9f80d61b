"""What a worker says, checked: the template that it renders may have taken it over."""

from typing import Any

from agentgen.outcome import Frame, Limits, Outcome, Problem

LONGEST_NAME = 300
"""Characters of a template's name, or of any word that a worker sends."""

LONGEST_TEXT = 2000
"""Characters of a message that a worker sends."""

MEBIBYTE = 1024 * 1024
MOST_FRAMES = 100


class BrokenWorker(Exception):
    """A worker said something that no worker of ours says."""


def read_outcome(message: dict[str, Any], limits: Limits) -> Outcome:
    """Return the outcome that a message holds; raise `BrokenWorker`, or what Python raises."""
    body = _text(message["body"], limits.output * MEBIBYTE)
    values = tuple(_text(value, limits.output * MEBIBYTE) for value in message["values"])
    links = tuple((int(start), int(end)) for start, end in message["links"])
    return Outcome(body, values, tuple(map(_read_problem, message["problems"])), links)


def _read_problem(problem: dict[str, Any]) -> Problem:
    frames = tuple(
        Frame(
            _text(frame["template"], LONGEST_NAME * 10),
            int(frame["line"]),
            None if frame["value"] is None else int(frame["value"]),
        )
        for frame in problem["frames"][:MOST_FRAMES]
    )
    optional = {
        key: None if problem[key] is None else _text(problem[key], limit)[:limit]
        for key, limit in (("word", LONGEST_NAME), ("help", LONGEST_TEXT), ("absent", LONGEST_NAME))
    }
    rule, message = (_text(problem[key], LONGEST_TEXT) for key in ("rule", "message"))
    return Problem(rule, message, frames, **optional)


def _text(value: object, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise BrokenWorker
    return value
