"""Jobs in, outcomes out: plain data both ways."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jinja2 import Template, TemplateSyntaxError, nodes

from agentgen.environment.failure import Context, TemplateFailure, explain
from agentgen.environment.sandbox import Fetch, SandboxEnvironment
from agentgen.environment.whitespace import Marks, strip_marks
from agentgen.frozen import replace
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Frame, Job, Outcome, Path, Problem, Setup, Task, Use, Uses
from agentgen.shapes import ShapeData
from agentgen.tools import tool_names

if TYPE_CHECKING:
    from agentgen.environment.static import Walked

_COMPILING = (
    TemplateSyntaxError,
    RecursionError,
    SyntaxError,
    MemoryError,
    OSError,
    ImportError,
    OverflowError,
    TypeError,
    ValueError,
)
"""What compiling a template raises, with no line of it in the traceback."""

_NOT_RENDERED = (Task.COMPILE, Task.USES)

MOST_KEPT = 1000
"""Templates that stay compiled, for other targets and projects."""
LONGEST_KEPT = 64 * 1024
"""Characters of such a template."""
LONGEST_KEY = 200
"""Characters of a key in a path."""


# What Python prints of an object, and Jinja2 of a template; both differ from run to run.
_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}>|<TemplateReference '")
_PRINTED_OBJECT = Problem(
    "unprintable-value", "the text holds an object that was made text, not a value"
)


class Engine:
    """Renders templates; those that others include are compiled once.

    `fetch` gives the full name and the text for the name in an include.
    """

    def __init__(self, setup: Setup, fetch: Fetch) -> None:
        marks = Marks(*setup.marks) if setup.whitespace is Whitespace.TIDY else None
        self._environment = SandboxEnvironment(setup.undefined, marks, fetch)
        self._loader = self._environment.text_loader
        self._loader.trees = {} if setup.shapes else None
        self._marks = marks
        self._source = ""
        self._schema = setup.schema
        self._shapes = setup.shapes
        self._fetch = fetch
        self._sought: dict[tuple[str, str], tuple[str, str] | None] = {}
        self._compiled: dict[tuple[str, str], Template] = {}
        self._kept: set[str] = set()
        self._trees: dict[str, nodes.Template | None] = {}
        self._lenient = setup.undefined is Undefined.LENIENT
        self._too_much_output = Problem(
            "output-limit",
            f"this renders to more than {setup.limits.output} MiB",
            help="look for a loop in a loop; `--limit output=MIB` allows more",
        )
        self._most_bytes = self._bytes_left = setup.limits.output * 1024 * 1024

    def perform(self, job: Job) -> Outcome:
        """Render a job's front matter values, each with those before it, and then its body."""
        agent = job.agent
        self._bytes_left = self._most_bytes
        self._source = job.text
        values: list[str] = []
        problems: list[Problem] = []
        for index, (path, text) in enumerate(job.values):
            try:
                name = f"{job.name}#{index}"
                context = self._context(job, agent)
                values.append(self.render(text, name, context, job.task in _NOT_RENDERED))
            except TemplateFailure as failure:
                values.append("")
                problems.append(_within_value(failure.problem, name, index))
            agent = agent and _with_value(agent, path, values[-1])
        try:
            body = self.render(
                job.text, job.name, self._context(job, agent), job.task in _NOT_RENDERED
            )
        except TemplateFailure as failure:
            body = ""
            problems.append(failure.problem)
        uses = Uses()
        if job.task is Task.LINT:
            problems += self._new_problems(job, problems)
        elif job.task is Task.USES:
            uses = self._uses(job)
        self._forget_state()
        return Outcome(body, tuple(values), tuple(map(_bounded, problems)), uses=uses)

    def use(self, schema: dict[str, Any], shapes: dict[str, ShapeData]) -> None:
        """Let the next jobs see another project schema; what is compiled stays."""
        self._schema = schema
        self._shapes = shapes

    def _forget_state(self) -> None:
        """Let the next job import its templates anew: Jinja2 keeps what was set in them."""
        if self._loader.trees is not None:
            self._loader.trees.clear()
        for template in (*(self._environment.cache or {}).values(), *self._compiled.values()):
            template._module = None  # noqa: SLF001 - there is no other way to it

    def _new_problems(self, job: Job, known: list[Problem]) -> Iterator[Problem]:
        """Yield what the static check finds and rendering has not found at the same place."""
        places = {(problem.frames[-1], problem.word) for problem in known}
        for walked in self._walks(job):
            for problem in walked.problems:
                if (problem.frames[-1], problem.word) not in places:
                    yield problem

    def _uses(self, job: Job) -> Uses:
        walks = [walked.uses for walked in self._walks(job)]
        return Uses(
            tuple(_bounded_use(use) for each in walks for use in each.reads),
            tuple(inclusion for each in walks for inclusion in each.inclusions),
            len(walks) == len(job.values) + 1 and all(each.is_complete for each in walks),
        )

    def _walks(self, job: Job) -> "Iterator[Walked]":
        """Walk through a job's front matter values and its body, as far as they can be parsed."""
        from agentgen.environment.static import StaticCheck  # rendering does without

        with_uses = job.task is Task.USES
        static = StaticCheck(self._parsed, lenient=self._lenient, with_uses=with_uses)
        shapes = dict(self._shapes)
        if job.agent is None:
            shapes.pop("agent", None)
        texts = [(text, index) for index, (_, text) in enumerate(job.values)]
        for text, index in (*texts, (job.text, None)):
            try:
                tree = (self._loader.trees or {}).get(text) or self._environment.parse(text)
                walked = static.walk(tree, job.name, shapes)
            except (TemplateSyntaxError, RecursionError):
                continue  # rendering has said so, or found it shallow enough
            yield walked if index is None else _of_value(walked, job.name, index)

    def _parsed(self, name: str, parent: str) -> tuple[str, nodes.Template | None] | None:
        if (name, parent) not in self._sought:
            self._sought[name, parent] = self._fetch(name, parent)
        found = self._sought[name, parent]
        if found is None:
            return None
        full, text = found
        if full not in self._trees:
            try:
                self._trees[full] = self._environment.parse(text)
            except (TemplateSyntaxError, RecursionError):
                self._trees[full] = None
        return full, self._trees[full]

    def render(
        self,
        text: str,
        name: str,
        context: Context,
        only_check: bool = False,  # noqa: FBT001, FBT002
    ) -> str:
        """Render a text that failures call `name`; raise `TemplateFailure` where it fails."""

        def load() -> Template:
            template = self._compiled.get((name, text))
            if template is None:
                template = self._loader.compile(self._environment, text, name)
                if len(text) <= LONGEST_KEPT and len(self._compiled) < MOST_KEPT:
                    self._compiled[name, text] = template
                    self._kept.add(template.name or "")
            return template

        return self._run(load, name, None if only_check else context)

    def _context(self, job: Job, agent: dict[str, Any] | None) -> Context:
        context = {"schema": self._schema, "target": job.target}
        return context if agent is None else {**context, "agent": agent}

    def _run(self, load: Callable[[], Template], name: str, context: Context | None) -> str:
        ident = ""
        try:
            template = load()
            ident = template.name or ""
            text = "" if context is None else self._joined(template, context)
        except TemplateFailure as failure:
            raise TemplateFailure(_framed(failure.problem, Frame(name, 0))) from None
        except Exception as error:  # whatever a template does wrong surfaces as any type at all
            frames = self._frames(error)
            if not frames and not isinstance(error, _COMPILING):
                raise
            raise TemplateFailure(
                explain(error, frames or (Frame(name, 0),), context or {})
            ) from None
        finally:
            if ident not in self._kept:
                self._loader.forget(ident)
        return text if self._marks is None else strip_marks(text, self._marks)

    def _joined(self, template: Template, context: Context) -> str:
        pieces: list[str] = []
        for piece in template.generate(context):
            if not isinstance(piece, str):
                raise TemplateFailure(Problem("failing-template", "a `filter` block gives no text"))
            self._bytes_left -= len(piece.encode("utf-8", "surrogatepass"))
            if self._bytes_left < 0:
                raise TemplateFailure(self._too_much_output)
            pieces.append(piece)
        text = "".join(pieces)
        if any(found[0] not in self._source for found in _ADDRESS.finditer(text)):
            raise TemplateFailure(_PRINTED_OBJECT)
        return text

    def _frames(self, error: Exception) -> tuple[Frame, ...]:
        names = self._loader.names
        broken = (error.filename or "") if isinstance(error, TemplateSyntaxError) else ""
        frames = []
        trace = error.__traceback__
        while trace is not None:
            ident = trace.tb_frame.f_code.co_filename
            if ident in names and ident != broken:
                frames.append(Frame(names[ident], trace.tb_lineno))
            trace = trace.tb_next
        if isinstance(error, TemplateSyntaxError) and broken in names:
            frames.append(Frame(names[broken], error.lineno))
        return tuple(frames)


def out_of_memory(name: str) -> Problem:
    """Return the problem of a template for which there was no memory left."""
    return Problem("memory-limit", "rendering takes more memory than its limit", (Frame(name, 0),))


def _bounded(problem: Problem) -> Problem:
    """Cut what comes from the template to what a message can use."""
    return replace(
        problem,
        message=problem.message[:1000],
        word=problem.word and problem.word[:200],
        help=problem.help and problem.help[:1000],
        absent=problem.absent and problem.absent[:200],
        frames=problem.frames[:5] + problem.frames[5:][-45:],
    )


def _bounded_use(use: Use) -> Use:
    """Cut what comes from the template; of a key that is cut, all keys beside it count as read."""
    lengths = [len(step) if isinstance(step, str) else 0 for step in use.path]
    kept = next((at for at, length in enumerate(lengths) if length > LONGEST_KEY), len(use.path))
    return replace(
        use,
        path=use.path[:kept],
        whole=use.whole or kept < len(use.path),
        word=use.word and use.word[:200],
        default=use.default and use.default[:200],
    )


def _framed(problem: Problem, frame: Frame) -> Problem:
    return problem if problem.frames else replace(problem, frames=(frame,))


def _within_value(problem: Problem, name: str, index: int) -> Problem:
    """Say of which front matter value the frames are that stand in it."""
    return replace(problem, frames=_frames_within(problem.frames, name, index))


def _frames_within(frames: tuple[Frame, ...], name: str, index: int) -> tuple[Frame, ...]:
    return tuple(
        replace(frame, value=index) if frame.template == name else frame for frame in frames
    )


def _of_value(walked: "Walked", name: str, index: int) -> "Walked":
    """Say of all that was found in a front matter value that it stands there."""
    uses = walked.uses
    reads = (replace(each, frames=_frames_within(each.frames, name, index)) for each in uses.reads)
    inclusions = (
        replace(each, frames=_frames_within(each.frames, name, index)) for each in uses.inclusions
    )
    return replace(
        walked,
        problems=tuple(_within_value(each, name, index) for each in walked.problems),
        uses=replace(uses, reads=tuple(reads), inclusions=tuple(inclusions)),
    )


def _with_value(data: dict[str, Any], path: Path, text: str) -> dict[str, Any]:
    changed: dict[str, Any] = _replaced(data, path, text)
    tools = changed.get("tools")
    return {**changed, "tools": tool_names(tools)} if isinstance(tools, str) else changed


def _replaced(data: Any, path: Path, text: str) -> Any:
    if not path:
        return text
    step, rest = path[0], path[1:]
    if isinstance(data, Mapping):
        return {
            key: _replaced(value, rest, text) if key == step else value
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [
            _replaced(value, rest, text) if index == step else value
            for index, value in enumerate(data)
        ]
    return data
