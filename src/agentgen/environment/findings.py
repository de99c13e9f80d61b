"""What a walk through a template finds, and the place that it is at."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from agentgen.outcome import Frame, How, Inclusion, Problem, Use, Uses
from agentgen.shapes import ALL, ShapeData, all_origins, origins

MOST_STEPS = 50_000
"""Statements and expressions that are looked at: macros can call each other without end."""
MOST_USES = 5_000
"""Different ones, of one template."""


class TooMuch(Exception):
    """The walk has seen as much of a template as it may."""


class Place(NamedTuple):
    """Where a name stands: the frames that lead there, and the word on that line."""

    frames: tuple[Frame, ...]
    word: str


class Findings:
    """Problems and uses, each once, and the frames that lead to where the walk is.

    `is_complete` is set to false where something was passed over. Uses are kept `with_uses` only.
    `unread` are, for each loop around, the variables that were set there and not read since.
    """

    def __init__(self, *, with_uses: bool) -> None:
        self.with_uses = with_uses
        self.is_complete = True
        self.frames: tuple[Frame, ...] = ()
        self.unread: list[dict[str, Problem]] = []
        self._steps = 0
        self._is_called = True
        self._problems: dict[tuple[object, ...], Problem] = {}
        self._reads: dict[tuple[object, ...], Use] = {}
        self._inclusions: dict[tuple[object, ...], Inclusion] = {}

    @property
    def template(self) -> str:
        """The name of the template that the walk is in."""
        return self.frames[-1].template

    @property
    def problems(self) -> list[Problem]:
        """What was reported, in the order in which it was found."""
        return list(self._problems.values())

    @property
    def uses(self) -> Uses:
        """What was read and included, in the order in which it was found."""
        reads, inclusions = tuple(self._reads.values()), tuple(self._inclusions.values())
        return Uses(reads, inclusions, self.is_complete)

    def step(self, count: int = 1) -> None:
        """Count one more statement or expression; raise `TooMuch` where it is one too many."""
        self._steps += count
        if self._steps > MOST_STEPS:
            raise TooMuch

    @contextmanager
    def at(self, *frames: Frame) -> Iterator[None]:
        """Be at other frames for a while."""
        outer = self.frames
        self.frames = frames
        try:
            yield
        finally:
            self.frames = outer

    @contextmanager
    def uncalled(self) -> Iterator[None]:
        """Be in a macro that is defined, and not called, for a while."""
        outer = self._is_called
        self._is_called = False
        try:
            yield
        finally:
            self._is_called = outer

    def place(self, line: int, word: str) -> Place:
        """Return the place of a word on a line of this template."""
        return Place((*self.frames[:-1], Frame(self.template, line)), word)

    def problem(self, line: int, message: str, word: str, help: str | None) -> Problem:
        """Return what to say of a name on a line of this template."""
        return Problem("undefined-variable", message, *self.place(line, word), help)

    def report(self, problem: Problem, *, is_sure: bool = True) -> None:
        """Keep a problem; one that is not sure, only where the walk is in what is called."""
        if is_sure or self._is_called:
            key = (problem.frames[-1], problem.word, problem.message)
            self._problems.setdefault(key, problem)

    def include(self, tag: str, name: str | None, line: int) -> None:
        """Keep that a line of this template asks for another one."""
        if not self.with_uses:
            return
        frames = self.place(line, "").frames
        self._inclusions.setdefault((tag, name, frames), Inclusion(tag, name, frames))

    def variable(self, name: str) -> None:
        """Keep that a variable is read."""
        for unread in self.unread:
            unread.pop(name, None)

    def use(
        self, shape: ShapeData, how: How, *, whole: bool = False, default: str | None = None
    ) -> None:
        """Keep that a value is used; with `whole`, and all that lies below it."""
        if not self.with_uses:
            return
        found = all_origins(shape) if whole else origins(shape)
        for path, place in found.items():
            is_whole = path[-1] == ALL
            steps = path[:-1] if is_whole else path
            called = how if self._is_called else How.UNCALLED
            use = Use(steps, called, is_whole, place.frames, place.word, default)
            self._reads.setdefault((steps, called, is_whole, place.frames[-1], default), use)
        if len(self._reads) > MOST_USES:
            raise TooMuch
