"""What a worker says, checked: the template that it renders may have taken it over."""

from typing import Any

from agentgen.outcome import Frame, How, Inclusion, Limits, Outcome, Problem, Use, Uses

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
    problems = tuple(map(_read_problem, message["problems"]))
    return Outcome(body, values, problems, links, _read_uses(message["uses"]))


def _read_problem(problem: dict[str, Any]) -> Problem:
    frames = _read_frames(problem)
    optional = {
        key: None if problem[key] is None else _text(problem[key], limit)[:limit]
        for key, limit in (("word", LONGEST_NAME), ("help", LONGEST_TEXT), ("absent", LONGEST_NAME))
    }
    rule, message = (_text(problem[key], LONGEST_TEXT) for key in ("rule", "message"))
    return Problem(rule, message, frames, **optional, is_warning=problem["is_warning"] is True)


def _read_frames(found: dict[str, Any]) -> tuple[Frame, ...]:
    return tuple(
        Frame(
            _text(frame["template"], LONGEST_NAME * 10),
            int(frame["line"]),
            None if frame["value"] is None else int(frame["value"]),
        )
        for frame in found["frames"][:MOST_FRAMES]
    )


def _read_uses(uses: dict[str, Any]) -> Uses:
    return Uses(
        tuple(map(_read_use, uses["reads"])),
        tuple(map(_read_inclusion, uses["inclusions"])),
        uses["is_complete"] is True,
    )


def _read_use(use: dict[str, Any]) -> Use:
    steps = [
        step if isinstance(step, int) else _text(step, LONGEST_NAME)
        for step in use["path"][:MOST_FRAMES]
    ]
    word, default = (_optional(use[name]) for name in ("word", "default"))
    frames = _read_frames(use)
    if not frames or not steps:
        raise BrokenWorker
    return Use(tuple(steps), How(use["how"]), use["whole"] is True, frames, word, default)


def _read_inclusion(inclusion: dict[str, Any]) -> Inclusion:
    name = _optional(inclusion["name"], LONGEST_NAME * 10)
    return Inclusion(_text(inclusion["tag"], LONGEST_NAME), name, _read_frames(inclusion))


def _optional(value: object, most: int = LONGEST_NAME) -> str | None:
    return None if value is None else _text(value, most)


def _text(value: object, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise BrokenWorker
    return value
