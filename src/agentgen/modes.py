"""The two choices that decide how templates behave, for a project or for one run."""

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
