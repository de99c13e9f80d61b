"""What a walk through a template finds, and the place that it is at."""

from collections.abc import Iterator
from contextlib import contextmanager

from agentgen.outcome import Frame, Problem


class Findings:
    """Problems, each once, and the frames that lead to where the walk is."""

    def __init__(self) -> None:
        self.frames: tuple[Frame, ...] = ()
        self._problems: dict[tuple[object, ...], Problem] = {}

    @property
    def template(self) -> str:
        """The name of the template that the walk is in."""
        return self.frames[-1].template

    @property
    def problems(self) -> list[Problem]:
        """What was reported, in the order in which it was found."""
        return list(self._problems.values())

    @contextmanager
    def at(self, *frames: Frame) -> Iterator[None]:
        """Be at other frames for a while."""
        outer = self.frames
        self.frames = frames
        try:
            yield
        finally:
            self.frames = outer

    def report(self, line: int, message: str, word: str, help: str | None) -> None:
        """Keep that a name on a line of this template is never defined."""
        place = Frame(self.template, line)
        problem = Problem("undefined-variable", message, (*self.frames[:-1], place), word, help)
        self._problems.setdefault((place, word, message), problem)
