"""What crosses the border between agentgen and the processes that render: plain values, as JSON.

Neither side trusts the other's process to survive, and nothing but these values passes between
them: no objects, no code, no files.
"""

import enum
from typing import Any

from agentgen.frozen import Frozen, field
from agentgen.modes import Undefined, Whitespace
from agentgen.shapes import ShapeData

Path = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""


class Task(enum.StrEnum):
    """What to do with a template: `COMPILE` finds bad syntax, `LINT` renders and checks as well.

    `LINKS` finds the links of a text that was rendered, and `BLOCKS` all that a Markdown parser
    finds in it, as JSON. `USES` renders nothing, and says what a template reads and includes.
    """

    COMPILE = "compile"
    RENDER = "render"
    LINT = "lint"
    LINKS = "links"
    BLOCKS = "blocks"
    USES = "uses"


class Limits(Frozen):
    """What one agent may use: processor seconds, MiB of memory, MiB rendered, MiB read."""

    time: float = 2.0
    memory: int = 512
    output: int = 1
    input: int = 1


class Setup(Frozen):
    """What is the same for all jobs of a run.

    `shapes` are those of the context, for `LINT` and `USES`.

    With `links` the workers are there for `LINKS` and `BLOCKS`, and nothing else.
    """

    undefined: Undefined
    whitespace: Whitespace
    marks: tuple[str, str]
    schema: dict[str, Any]
    limits: Limits
    shapes: dict[str, ShapeData] = field(default_factory=dict)
    links: bool = False


class Job(Frozen):
    """A template to render, with the front matter values that are templates of their own.

    `name` is the template's name and `text` its body; `agent` is None for a prompt.
    """

    name: str
    text: str
    target: str
    agent: dict[str, Any] | None = None
    values: tuple[tuple[Path, str], ...] = ()
    task: Task = Task.RENDER


class Frame(Frozen):
    """A line of a template (from 1; 0 where it is not known), by the template's name.

    `value` is the index of the front matter value that it stands in, if it stands in one.
    """

    template: str
    line: int
    value: int | None = None


class Problem(Frozen):
    """What is wrong in a template.

    `frames` lead from the template that was asked for, through includes, to the line that failed.
    `word` is the text to look for on that line, for its column; an attribute's begins with a dot.
    `absent` is the template that an include asked for in vain. What is only a warning keeps nothing
    from being rendered.
    """

    rule: str
    message: str
    frames: tuple[Frame, ...] = ()
    word: str | None = None
    help: str | None = None
    absent: str | None = None
    is_warning: bool = False


class How(enum.StrEnum):
    """What a template does with a value.

    `LOOPED` is a loop over it, `DEFAULTED` says that there is a default for it, `READ` is anything
    else; `UNCALLED` is all that a macro would do that nothing is seen to call.
    """

    PRINTED = "printed"
    TESTED = "tested"
    LOOPED = "looped"
    DEFAULTED = "defaulted"
    READ = "read"
    UNCALLED = "uncalled"


class Use(Frozen):
    """A value that a template reads, by its path: keys, and `shapes.ITEM` for the items of a list.

    `whole` says that what lies below it is read as well. `frames` and `word` are as in a `Problem`;
    `default` is what stands for it where it is absent, as the template has it.
    """

    path: Path
    how: How
    whole: bool
    frames: tuple[Frame, ...]
    word: str | None = None
    default: str | None = None


class Inclusion(Frozen):
    """A template that another asks for: by `include`, `import` or `extends`, the `tag`.

    `name` is its full name, or None where that is only known when it is rendered.
    """

    tag: str
    name: str | None
    frames: tuple[Frame, ...]


class Uses(Frozen):
    """All that a template reads and includes; `is_complete` is false where that is too much."""

    reads: tuple[Use, ...] = ()
    inclusions: tuple[Inclusion, ...] = ()
    is_complete: bool = True


class Outcome(Frozen):
    """What became of a job: the rendered body and values, or its problems.

    `links` are spans, for `LINKS`; `uses` are for `USES`.
    """

    body: str = ""
    values: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    links: tuple[tuple[int, int], ...] = ()
    uses: Uses = Uses()
