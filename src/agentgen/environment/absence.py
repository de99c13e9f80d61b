"""Names that can never be there: said of them where their value is used, and nowhere else."""

import enum
from typing import NamedTuple

from agentgen.outcome import Problem
from agentgen.shapes import ShapeData

NEVER = "never"
"""The key under which a shape says that its value can never be there, and what to say then."""


class Need(enum.Enum):
    """What the value of an expression is for.

    It is used `NOW`; or `TESTED`, and may be absent; or kept for `LATER`, by a variable, a macro's
    argument or a list.
    """

    NOW = enum.auto()
    TESTED = enum.auto()
    LATER = enum.auto()


class Absence(NamedTuple):
    """A name that can never be there, by its dotted path, and what to say where it is used."""

    path: str
    problem: Problem


def absent(shape: ShapeData, path: str, problem: Problem) -> ShapeData:
    """Return a shape that says of its value that it can never be there."""
    return {**shape, NEVER: Absence(path, problem)}


def present(shape: ShapeData) -> ShapeData:
    """Return a shape that says nothing of the kind: its value was tested, or told apart."""
    if NEVER not in shape:
        return shape
    return {name: value for name, value in shape.items() if name != NEVER}
