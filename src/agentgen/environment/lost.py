"""What a template does in vain: values that nothing can read, and text that is never printed."""

from collections.abc import Iterator
from contextlib import contextmanager

from jinja2 import nodes

from agentgen.environment.findings import Findings
from agentgen.outcome import Problem
from agentgen.wording import did_you_mean, quoted


class LostAssignments:
    """Finds what is set in a loop and not read before its round ends, when Jinja2 forgets it."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._here: dict[str, Problem] | None = None

    @contextmanager
    def loop(self) -> Iterator[None]:
        """Be in the body of a loop for a while; report what was set there in vain."""
        outer = self._here
        self._here = {}
        self._findings.unread.append(self._here)
        try:
            yield
        finally:
            for problem in self._here.values():
                self._findings.report(problem)
            self._findings.unread.pop()
            self._here = outer

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Be in a macro or another template for a while: what is set there is its own."""
        outer = self._here
        self._here = None
        try:
            yield
        finally:
            self._here = outer

    def assigned(self, target: nodes.Node) -> None:
        """Keep that a variable was set."""
        if self._here is None or not isinstance(target, nodes.Name):
            return
        name = target.name
        message = (
            f"{quoted(name)} is forgotten at the end of each round, and nothing reads it there"
        )
        keeping = f"`{{% set ns.{name} = … %}}`, after `{{% set ns = namespace() %}}`"
        help = f"a namespace keeps it: {keeping}"
        place = self._findings.place(target.lineno, name)
        self._here[name] = Problem("lost-assignment", message, *place, help, is_warning=True)


def unprinted_text(body: list[nodes.Node], findings: Findings) -> Iterator[Problem]:
    """Yield where a template that extends another begins to say something outside of its blocks."""
    is_behind = False
    for node in body:
        if isinstance(node, nodes.Extends):
            is_behind = True
        elif is_behind and isinstance(node, nodes.Output):
            line = _first_line(node)
            if line is not None:
                message = (
                    "this is printed nowhere: it stands in no block of a template that extends"
                )
                help = "put it into a block of the template that is extended"
                place = findings.place(line, "")
                yield Problem("unprinted-text", message, place.frames, None, help, is_warning=True)


def unprinted_block(block: nodes.Block, known: set[str], findings: Findings) -> Problem:
    """Return what to say of a block that none of the extended templates has."""
    message = (
        f"the block {quoted(block.name)} is printed nowhere: no template that is extended has it"
    )
    place = findings.place(block.lineno, block.name)
    help = did_you_mean(block.name, known)
    return Problem("unprinted-text", message, *place, help, is_warning=True)


def _first_line(node: nodes.Output) -> int | None:
    for child in node.nodes:
        if not isinstance(child, nodes.TemplateData):
            return child.lineno
        for index, character in enumerate(child.data):
            if character.isalnum():
                return child.lineno + child.data.count("\n", 0, index)
    return None
