"""What a template asks for that can never be there, found without rendering it.

Walks the syntax tree with the shapes of the context: through loops, `set`, `with`, macros and
their arguments, imports, includes, inheritance, filters and methods. A name that can be there is
never reported, whether it is there or not; where nothing is known, nothing is said. What is tested,
compared, looped over or given a default may be absent, so there only a name that is almost a known
one is reported.
"""

from collections.abc import Callable

from jinja2 import nodes

from agentgen.environment.dotted import dotted_paths
from agentgen.environment.expressions import Expressions
from agentgen.environment.findings import Findings
from agentgen.environment.scopes import Macro, Scope
from agentgen.environment.shaped import loop_shape, looped
from agentgen.outcome import Frame, Problem
from agentgen.shapes import ANYTHING, TEXT, ShapeData

DEEPEST = 30
"""Includes and macro calls within each other that are followed."""

Parse = Callable[[str, str], tuple[str, nodes.Template] | None]
"""Takes the name in an include and the including template's name; returns full name and tree."""

_IN_MACROS = dict.fromkeys(("caller", "varargs", "kwargs"), ANYTHING)
_IN_BLOCKS = dict.fromkeys(("super", "self"), ANYTHING)


class StaticCheck:
    """Checks one template after another; `parse` gives the trees of those that they include."""

    def __init__(self, parse: Parse, *, lenient: bool) -> None:
        self._parse = parse
        self._lenient = lenient
        self._start()

    def check(self, tree: nodes.Template, name: str, shapes: dict[str, ShapeData]) -> list[Problem]:
        """Return what is wrong in a template that sees variables of these shapes."""
        self._start()
        self._template(tree, name, Scope(shapes))
        return self._findings.problems

    def _start(self) -> None:
        self._findings = Findings()
        self._expressions = Expressions(self._findings, self._macro_call, lenient=self._lenient)
        self._blocks: dict[str, tuple[str, nodes.Block]] = {}

    # templates

    def _template(self, tree: nodes.Template, name: str, scope: Scope) -> None:
        extends = tree.find(nodes.Extends)
        for block in tree.find_all(nodes.Block):
            self._blocks.setdefault(block.name, (name, block))
        with self._findings.at(*self._findings.frames, Frame(name, 0)):
            self._body(tree.body, scope, printed=extends is None)
            if extends is not None:
                self._other(extends.template, extends.lineno, scope)

    def _other(self, wanted: nodes.Expr, line: int, scope: Scope) -> Scope | None:
        """Follow an include, import or extends to the template that it names, if it is a name."""
        frames, name = self._findings.frames, self._findings.template
        self._expressions.shape(wanted, scope, quiet=True)
        if not isinstance(wanted, nodes.Const) or len(frames) > DEEPEST:
            return None
        found = self._parse(str(wanted.value), name)
        if found is None or any(frame.template == found[0] for frame in frames):
            return None
        full, tree = found
        inner = scope.child()
        with self._findings.at(*frames[:-1], Frame(name, line)):
            self._template(tree, full, inner)
        return inner

    def _body(self, body: list[nodes.Node], scope: Scope, *, printed: bool = True) -> None:
        for node in body:
            if printed or not isinstance(node, nodes.Output):
                self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: Scope) -> None:
        handler = getattr(self, f"_do_{type(node).__name__.lower()}", None)
        if handler is not None:
            handler(node, scope)
        elif isinstance(node, nodes.Expr):
            self._expressions.shape(node, scope)
        else:
            for child in node.iter_child_nodes():
                self._statement(child, scope)

    # statements

    def _do_output(self, node: nodes.Output, scope: Scope) -> None:
        for child in node.nodes:
            self._expressions.shape(child, scope)

    def _do_for(self, node: nodes.For, scope: Scope) -> None:
        item = looped(self._expressions.shape(node.iter, scope, quiet=True))
        inner = scope.child(shapes={"loop": loop_shape()})
        self._bind(node.target, item, inner)
        if node.test is not None:
            self._expressions.shape(node.test, inner, quiet=True)
            inner = inner.child(frozenset(dotted_paths(node.test)))
        self._body(node.body, inner)
        self._body(node.else_, scope.child())

    def _do_if(self, node: nodes.If, scope: Scope) -> None:
        self._expressions.shape(node.test, scope, quiet=True)
        guards = frozenset(dotted_paths(node.test))
        before = dict(scope.shapes)
        branches = []
        for body in (node.body, node.elif_, node.else_):
            inner = scope.child(guards)
            self._body(list(body), inner)
            branches.append(inner)
        for inner in branches:
            scope.macros.update(inner.macros)
            for name, shape in inner.shapes.items():
                if before.get(name) is not shape:
                    scope.shapes[name] = ANYTHING

    def _do_assign(self, node: nodes.Assign, scope: Scope) -> None:
        self._bind(node.target, self._expressions.shape(node.node, scope), scope)

    def _do_assignblock(self, node: nodes.AssignBlock, scope: Scope) -> None:
        self._body(node.body, scope.child())
        self._bind(node.target, TEXT if node.filter is None else ANYTHING, scope)

    def _do_with(self, node: nodes.With, scope: Scope) -> None:
        inner = scope.child()
        for target, value in zip(node.targets, node.values, strict=True):
            self._bind(target, self._expressions.shape(value, scope), inner)
        self._body(node.body, inner)

    def _do_macro(self, node: nodes.Macro, scope: Scope) -> None:
        scope.macros[node.name] = Macro(node, self._findings.template, scope)
        scope.shapes[node.name] = ANYTHING
        self._macro_body(scope.macros[node.name], [ANYTHING] * len(node.args))

    def _do_callblock(self, node: nodes.CallBlock, scope: Scope) -> None:
        self._expressions.shape(node.call, scope)
        inner = scope.child()
        for argument in node.args:
            inner.shapes[argument.name] = ANYTHING
        self._body(node.body, inner)

    def _do_filterblock(self, node: nodes.FilterBlock, scope: Scope) -> None:
        self._body(node.body, scope.child())

    def _do_block(self, node: nodes.Block, scope: Scope) -> None:
        inner = scope.child(shapes=_IN_BLOCKS)
        self._body(node.body, inner)
        template, override = self._blocks.get(node.name, ("", node))
        if override is not node and template != self._findings.template:
            with self._findings.at(*self._findings.frames[:-1], Frame(template, 0)):
                self._body(override.body, scope.child(shapes=_IN_BLOCKS))

    def _do_include(self, node: nodes.Include, scope: Scope) -> None:
        self._other(node.template, node.lineno, scope)

    def _do_import(self, node: nodes.Import, scope: Scope) -> None:
        scope.shapes[node.target] = ANYTHING
        self._other(node.template, node.lineno, scope)

    def _do_fromimport(self, node: nodes.FromImport, scope: Scope) -> None:
        found = self._other(node.template, node.lineno, scope)
        for entry in node.names:
            name, alias = entry if isinstance(entry, tuple) else (entry, entry)
            scope.shapes[alias] = ANYTHING
            if found is not None and name in found.macros:
                scope.macros[alias] = found.macros[name]

    def _do_extends(self, node: nodes.Extends, scope: Scope) -> None:
        """Is followed at the end of the template, when its blocks are known."""

    def _bind(self, target: nodes.Node, shape: ShapeData, scope: Scope) -> None:
        if isinstance(target, nodes.Name):
            scope.bind(target.name, shape)
        elif isinstance(target, nodes.Tuple):
            known = shape["items"] if shape["is"] == "tuple" else []
            for index, part in enumerate(target.items):
                self._bind(part, known[index] if index < len(known) else ANYTHING, scope)

    # macros

    def _macro_call(
        self, macro: Macro, arguments: list[ShapeData], named: dict[str, ShapeData], line: int
    ) -> None:
        frames, there = self._findings.frames, Frame(macro.template, macro.node.lineno)
        if len(frames) > DEEPEST or there in frames:
            return
        shapes = [ANYTHING] * len(macro.node.args)
        for index, parameter in enumerate(macro.node.args):
            if index < len(arguments):
                shapes[index] = arguments[index]
            elif parameter.name in named:
                shapes[index] = named[parameter.name]
        with self._findings.at(*frames[:-1], Frame(frames[-1].template, line), there):
            self._macro_body(macro, shapes)

    def _macro_body(self, macro: Macro, shapes: list[ShapeData]) -> None:
        inner = macro.scope.child(shapes=_IN_MACROS)
        for default in macro.node.defaults:
            self._expressions.shape(default, macro.scope, quiet=True)
        for parameter, shape in zip(macro.node.args, shapes, strict=True):
            inner.shapes[parameter.name] = shape
        self._body(macro.node.body, inner)
