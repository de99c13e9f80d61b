"""The one Jinja2 environment: an immutable sandbox over plain data, with no way to a file."""

from collections.abc import Callable, MutableMapping
from functools import cached_property
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
    pass_context,
)
from jinja2.compiler import CodeGenerator
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.exceptions import TemplateRuntimeError
from jinja2.filters import FILTERS
from jinja2.lexer import Lexer, TokenStream
from jinja2.parser import Parser
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from agentgen import modes
from agentgen.environment.generating import Generator
from agentgen.environment.lexing import QuickLexer
from agentgen.environment.tags import unclosed_block
from agentgen.environment.undefined import UNDEFINED
from agentgen.environment.whitespace import Marks, Tidied, strip_marks, tidy

CACHED_TEMPLATES = 400
"""Compiled includes that are kept for the next template that asks for them."""

Fetch = Callable[[str, str], tuple[str, str] | None]
"""Takes the name in an include and the including template's name; returns full name and text."""

REFUSED_GLOBALS = {
    "lipsum": "its text differs from run to run",
    "cycler": "`loop.cycle(…)` does the same",
    "joiner": "`{% if not loop.last %}` does the same",
}
REFUSED_FILTERS = {
    "random": "what it prints differs from run to run",
    "pprint": "`tojson(indent=2)` shows data as well",
}

_OWN_LINE = "on a line of its own"
_INLINE = "within a line"


class UnprintableValue(TemplateRuntimeError):
    """A template printed `value`, which is nothing or not plain data."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class SandboxEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2 as agentgen sets it up; the templates that it can load are those that `fetch` gives.

    `marks` are what tidy whitespace works with; None means Jinja2's own whitespace.
    """

    code_generator_class: type[CodeGenerator] = Generator

    def __init__(self, undefined: modes.Undefined, marks: Marks | None, fetch: Fetch) -> None:
        self.text_loader = TextLoader(fetch, marks)
        super().__init__(
            loader=self.text_loader,
            undefined=UNDEFINED[undefined],
            autoescape=False,
            keep_trailing_newline=marks is not None,
            finalize=_finalize(lenient=undefined is modes.Undefined.LENIENT),
            auto_reload=False,
            optimized=False,  # folding constants takes longer than it saves in a single render
            cache_size=CACHED_TEMPLATES,
            extensions=(),
        )
        self.globals = {
            name: value for name, value in DEFAULT_NAMESPACE.items() if name not in REFUSED_GLOBALS
        }
        ending = marks or Marks("", "")
        self.filters = {
            **{name: value for name, value in FILTERS.items() if name not in REFUSED_FILTERS},
            _OWN_LINE: lambda text: _ended(strip_marks(text, ending)),
            _INLINE: lambda text: strip_marks(text, ending).removesuffix("\n"),
        }

    @cached_property
    def lexer(self) -> Lexer:
        """What takes templates apart."""
        return QuickLexer(self)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look a key up before a method, so that `commands.update` is the project's command."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def join_path(self, template: str, parent: str) -> str:
        """Return the full name that a template means by an include, or the name as it is."""
        return self.text_loader.find(template, parent)


class TextLoader(BaseLoader):
    """Compiles templates from texts that are handed to it.

    Jinja2 never sees the name of a file: it writes a template's name into the code that it
    compiles, and that has been a way in before (CVE-2024-56201).

    `trees`, where it is a mapping, keeps what was parsed, by its text.
    """

    has_source_access = False

    def __init__(self, fetch: Fetch, marks: Marks | None) -> None:
        self.fetch = fetch
        self.marks = marks
        self.names: dict[str, str] = {}
        self.count = 0
        self.trees: dict[str, nodes.Template] | None = None
        self._found: dict[tuple[str, str], str] = {}
        self._fetched: dict[str, str] = {}

    def find(self, name: str, parent: str) -> str:
        """Return the full name for the name in an include, and keep the text that belongs to it."""
        key = (name, self.names.get(parent, ""))
        if key not in self._found:
            found = self.fetch(*key)
            if found is None:
                return name
            self._found[key], self._fetched[found[0]] = found[0], found[1]
        return self._found[key]

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja2's name for it
    ) -> Template:
        """Compile a template that `find` has found."""
        if name not in self._fetched:
            raise TemplateNotFound(name)
        return self.compile(environment, self._fetched[name], name, globals)

    def forget(self, ident: str) -> None:
        """Drop what is kept of a template that nothing will ask for again."""
        self.names.pop(ident, None)

    def compile(
        self,
        environment: Environment,
        text: str,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> Template:
        """Compile a text that messages about it will call `name`."""
        ident = f"template-{self.count}"
        self.count += 1
        self.names[ident] = name
        try:
            tree = self._parse(environment, text, ident)
        except TemplateSyntaxError as error:
            message, line = error.message or "", error.lineno
            if message.startswith("Unexpected end of template"):
                message, line = _unclosed(text, environment.lexer) or (message, line)
            named = TemplateSyntaxError(message, line, ident, ident)
            named.translated = True  # keeps Jinja2 from dropping the frames of the includes
            raise named from None
        code = environment.compile(tree, ident, ident)
        variables = environment.make_globals(globals)
        return environment.template_class.from_code(environment, code, variables)

    def _parse(self, environment: Environment, text: str, ident: str) -> nodes.Template:
        if self.marks is None:
            return environment.parse(text, ident, ident)
        lexer = environment.lexer
        tidied = tidy(text, lexer, self.marks)
        parser = Parser(environment, "", ident, ident)
        parser.stream = TokenStream(lexer.wrap(tidied.tokens, ident, ident), ident, ident)
        # Without the environment in every node: only extensions ask a node for it.
        tree = nodes.Template(parser.subparse(), lineno=1)
        if tidied.includes or tidied.own_blocks:
            _LineEnder(tidied, tree).visit(tree)
        if self.trees is not None:
            self.trees[text] = tree
        return tree


def _unclosed(text: str, lexer: Lexer) -> tuple[str, int] | None:
    """Return what to say of a block without an end, at the tag that opened it."""
    opened = unclosed_block(text, lexer)
    return opened and (f"the block `{opened[0]}` is never closed", opened[1])


class _LineEnder(NodeTransformer):
    """Gives includes and blocks a newline of their own, or takes it, as the line around needs."""

    def __init__(self, tidied: Tidied, tree: nodes.Template) -> None:
        self.tidied = tidied
        inherits = tree.find(nodes.Extends) is not None
        # What stands outside of the blocks of a template that inherits is never printed.
        self.unprinted = {id(node) for node in tree.body} if inherits else set()

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 - Jinja2's naming
        inline = node.lineno in self.tidied.inline_includes
        return _filtered(node, _INLINE if inline else _OWN_LINE)

    def visit_Block(self, node: nodes.Block) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        own = node.lineno in self.tidied.own_blocks and id(node) not in self.unprinted
        return _filtered(node, _OWN_LINE) if own else node


def _filtered(node: nodes.Stmt, name: str) -> nodes.FilterBlock:
    ending = nodes.Filter(None, name, [], [], None, None, lineno=node.lineno)
    return nodes.FilterBlock([node], ending, lineno=node.lineno)


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _finalize(*, lenient: bool) -> Callable[[Context, Any], Any]:
    @pass_context  # so that it runs when a value is printed, never while a template is compiled
    def printable(_: Context, value: Any) -> Any:
        if value is None and lenient:
            return ""
        if value is None or not _is_plain(value):
            raise UnprintableValue(value)
        return value

    return printable


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(_is_plain(each) for item in value.items() for each in item)
    return value is None or isinstance(value, (str, int, float, Undefined))
