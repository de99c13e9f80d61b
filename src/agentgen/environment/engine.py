"""Template and context in, text or a `TemplateFailure` out: plain data both ways."""

from collections.abc import Callable, Mapping

from jinja2 import Template, TemplateSyntaxError

from agentgen.environment.failure import Context, Frame, explain
from agentgen.environment.sandbox import SandboxEnvironment
from agentgen.environment.whitespace import strip_marks
from agentgen.modes import Undefined, Whitespace

_COMPILING = (TemplateSyntaxError, RecursionError, SyntaxError, OverflowError, MemoryError)
"""What compiling a template raises, with no line of it in the traceback."""


class Engine:
    """Renders the templates of one project; each is compiled once."""

    def __init__(
        self,
        texts: Mapping[str, str],
        undefined: Undefined = Undefined.GUARDED,
        whitespace: Whitespace = Whitespace.TIDY,
    ) -> None:
        self._environment = SandboxEnvironment(texts, undefined, whitespace)

    def render(self, name: str, context: Context) -> str:
        """Render a template by its full name; raise `TemplateFailure` where it fails."""
        return self._run(lambda: self._environment.get_template(name), name, context)

    def render_text(self, text: str, name: str, context: Context) -> str:
        """Render a text that is no file of its own; failures call it `name`."""
        loader = self._environment.text_loader
        return self._run(lambda: loader.compile(self._environment, text, name), name, context)

    def check(self, name: str) -> None:
        """Compile a template by its full name; raise `TemplateFailure` where that fails."""
        self._run(lambda: self._environment.get_template(name), name, None)

    def _run(self, load: Callable[[], Template], name: str, context: Context | None) -> str:
        try:
            template = load()
            text = "" if context is None else template.render(context)
        except Exception as error:  # whatever a template does wrong surfaces as any type at all
            frames = self._frames(error)
            if not frames and not isinstance(error, _COMPILING):
                raise
            frames = frames or (Frame(name, 0),)
            raise explain(
                error, frames, context or {}, self._environment.text_loader.texts
            ) from None
        marks = self._environment.text_loader.marks
        return text if marks is None else strip_marks(text, marks)

    def _frames(self, error: Exception) -> tuple[Frame, ...]:
        names = self._environment.text_loader.names
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
