"""The choices of a run: how templates behave, and what is done with what they render to."""

import enum


class Undefined(enum.StrEnum):
    """What happens when a template prints, tests or loops over a value that is not there."""

    GUARDED = "guarded"
    STRICT = "strict"
    LENIENT = "lenient"


class Whitespace(enum.StrEnum):
    """What becomes of lines that hold only tags."""

    TIDY = "tidy"
    JINJA = "jinja"


class Kind(enum.StrEnum):
    """What a run does with what it has rendered: write it, print the plan, or compare the disk."""

    RENDER = "render"
    PLAN = "plan"
    CHECK = "check"
