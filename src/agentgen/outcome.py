"""What crosses the border between agentgen and the processes that render: plain values, as JSON.

Neither side trusts the other's process to survive, and nothing but these values passes between
them: no objects, no code, no files.
"""

import enum
from dataclasses import dataclass, field
from typing import Any

from agentgen.modes import Undefined, Whitespace
from agentgen.shapes import ShapeData

Path = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""


class Task(enum.StrEnum):
    """What to do with a template: `COMPILE` finds bad syntax, `LINT` renders and checks as well.

    `LINKS` finds the links of a text that was rendered, and `BLOCKS` all that a Markdown parser
    finds in it, as JSON.
    """

    COMPILE = "compile"
    RENDER = "render"
    LINT = "lint"
    LINKS = "links"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one agent may use: processor seconds, MiB of memory, MiB rendered, MiB read."""

    time: float = 2.0
    memory: int = 512
    output: int = 1
    input: int = 1


@dataclass(frozen=True, slots=True)
class Setup:
    """What is the same for all jobs of a run; `shapes` are those of the context, for `LINT`.

    With `links` the workers are there for `LINKS` and `BLOCKS`, and nothing else.
    """

    undefined: Undefined
    whitespace: Whitespace
    marks: tuple[str, str]
    schema: dict[str, Any]
    limits: Limits
    shapes: dict[str, ShapeData] = field(default_factory=dict)
    links: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A template to render, with the front matter values that are templates of their own.

    `name` is the template's name and `text` its body; `agent` is None for a prompt.
    """

    name: str
    text: str
    target: str
    agent: dict[str, Any] | None = None
    values: tuple[tuple[Path, str], ...] = ()
    task: Task = Task.RENDER


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of a template (from 1; 0 where it is not known), by the template's name.

    `value` is the index of the front matter value that it stands in, if it stands in one.
    """

    template: str
    line: int
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a template.

    `frames` lead from the template that was asked for, through includes, to the line that failed.
    `word` is the text to look for on that line, for its column; an attribute's begins with a dot.
    `absent` is the template that an include asked for in vain.
    """

    rule: str
    message: str
    frames: tuple[Frame, ...] = ()
    word: str | None = None
    help: str | None = None
    absent: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The rendered body and values of a job, or the spans of its links, or its problems."""

    body: str = ""
    values: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    links: tuple[tuple[int, int], ...] = ()
