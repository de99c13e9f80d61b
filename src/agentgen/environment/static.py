"""What a template reads, and what of it can never be there, found without rendering it.

Walks the syntax tree with the shapes of the context: through loops, `set`, `with`, macros and
their arguments, imports, includes, inheritance, filters and methods. A name that can be there is
never reported, whether it is there or not; where nothing is known, nothing is said. What is tested,
compared, looped over or given a default may be absent, so there only a name that is almost a known
one is reported; what is kept in a variable may be tested later. Of what is read nothing is left
out: where a value cannot be followed, all that lies below it counts as read.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from jinja2 import nodes

from agentgen.environment.absence import Need, present
from agentgen.environment.dotted import dotted_paths
from agentgen.environment.expressions import Expressions
from agentgen.environment.findings import Findings, TooMuch
from agentgen.environment.lost import LostAssignments, unprinted_block, unprinted_text
from agentgen.environment.scopes import Macro, Scope
from agentgen.environment.shaped import loop_shape, looped
from agentgen.frozen import Frozen
from agentgen.outcome import Frame, How, Problem, Uses
from agentgen.shapes import ANYTHING, TEXT, ShapeData, any_of, blurred, derived

DEEPEST = 30
"""Includes and macro calls within each other that are followed."""

Found: TypeAlias = tuple[str, nodes.Template | None]
Parse = Callable[[str, str], Found | None]
"""Takes the name in an include and the including template's name; returns full name and tree.

The tree is None where the template is there and cannot be parsed.
"""

Asking: TypeAlias = nodes.Include | nodes.Import | nodes.FromImport | nodes.Extends

_IN_MACROS = dict.fromkeys(("caller", "varargs", "kwargs"), ANYTHING)
_IN_BLOCKS = dict.fromkeys(("super", "self"), ANYTHING)


class Walked(Frozen):
    """What is wrong in a template, and what it uses."""

    problems: tuple[Problem, ...]
    uses: Uses


class StaticCheck:
    """Walks through one template after another; `parse` gives those that they include.

    What they use is found `with_uses` only: it takes as long again.
    """

    def __init__(self, parse: Parse, *, lenient: bool, with_uses: bool) -> None:
        self._parse = parse
        self._lenient = lenient
        self._with_uses = with_uses
        self._start(frozenset())

    def walk(self, tree: nodes.Template, name: str, shapes: dict[str, ShapeData]) -> Walked:
        """Return what a template does that sees variables of these shapes."""
        self._start(frozenset(shapes))
        roots = dict(shapes)
        if self._with_uses:
            roots = {each: {**shape, "at": {(each,): None}} for each, shape in shapes.items()}
        try:
            self._template(tree, name, Scope(roots))
        except (TooMuch, RecursionError):
            self._findings.is_complete = False
        return Walked(tuple(self._findings.problems), self._findings.uses)

    def _start(self, known: frozenset[str]) -> None:
        self._findings = Findings(with_uses=self._with_uses)
        self._expressions = Expressions(
            self._findings, self._macro_call, known, lenient=self._lenient
        )
        self._lost = LostAssignments(self._findings)
        self._blocks: dict[str, tuple[str, nodes.Block]] = {}
        self._printed: set[str] = set()  # the blocks that stand where they are printed
        self._knows_parents = True
        self._active: set[int] = set()  # the macros that call each other at the moment

    # templates

    def _template(self, tree: nodes.Template, name: str, scope: Scope) -> None:
        self._findings.step(1 + len(tree.body))
        parents = []
        for node in _blocks_and_parents(tree.body):
            if isinstance(node, nodes.Extends):
                parents.append(node)
            else:
                self._blocks.setdefault(node.name, (name, node))
        with self._findings.at(*self._findings.frames, Frame(name, 0)):
            if not parents:
                self._body(tree.body, scope)
            else:
                self._inheriting(tree.body, parents[0], scope)

    def _inheriting(self, body: list[nodes.Node], parent: nodes.Extends, scope: Scope) -> None:
        """Walk through a template's blocks where those stand that they take the place of.

        Where those are not known, nobody knows what its blocks see.
        """
        printed, blocks = _apart(body)
        self._body(printed, scope)
        for problem in unprinted_text(body, self._findings):
            self._findings.report(problem)
        if self._other(parent, scope) is None:
            self._knows_parents = False
            with self._findings.uncalled():
                self._body(blocks, scope)
        for block in blocks:
            if self._knows_parents and block.name not in self._printed:
                problem = unprinted_block(block, self._printed, self._findings)
                self._findings.report(problem)

    def _other(self, node: Asking, scope: Scope) -> Scope | None:
        """Follow an include, import or extends to the template that it names, if it is a name."""
        frames, line = self._findings.frames, node.lineno
        self._expressions.shape(node.template, scope, Need.TESTED)
        found = self._named(node, scope)
        if found is None:
            return None
        if any(frame.template == found[0] for frame in frames):
            self._give_away(scope)
            return None
        full, tree = found
        if tree is None or len(frames) > DEEPEST:
            self._findings.is_complete = False
            return None
        inner = scope.child() if getattr(node, "with_context", True) else Scope({})
        blocks = self._blocks
        if not isinstance(node, nodes.Extends):
            self._blocks = {}
        here = self._findings.at(*frames[:-1], Frame(frames[-1].template, line))
        with here, self._lost.elsewhere():
            self._template(tree, full, inner)
        self._blocks = blocks
        return inner

    def _named(self, node: Asking, scope: Scope) -> Found | None:
        """Return the full name and the tree of the first template that is there."""
        tag = type(node).__name__.lower().removeprefix("from")
        wanted = node.template
        names = wanted.items if isinstance(wanted, (nodes.List, nodes.Tuple)) else [wanted]
        for name in names:
            if not isinstance(name, nodes.Const):
                self._expressions.use(wanted, scope, How.READ)
                self._findings.include(tag, None, node.lineno)
                self._give_away(scope)
                return None
            found = self._parse(str(name.value), self._findings.template)
            if found is not None:
                self._findings.include(tag, found[0], node.lineno)
                return found
        return None

    def _give_away(self, scope: Scope) -> None:
        """Count everything as read that a template that nobody knows can see and others cannot."""
        for name, shape in scope.shapes.items():
            self._findings.variable(name)
            if (name,) not in shape.get("at", {}):
                self._findings.use(shape, How.READ, whole=True)

    def _body(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: Scope) -> None:
        self._findings.step()
        handler = self._STATEMENTS.get(type(node))
        if handler is not None:
            handler(self, node, scope)
        elif isinstance(node, nodes.Expr):
            self._expressions.use(node, scope, How.READ)
        else:
            self._body(node.iter_child_nodes(), scope)

    # statements

    def _do_output(self, node: nodes.Output, scope: Scope) -> None:
        for child in node.nodes:
            if not isinstance(child, nodes.TemplateData):
                self._expressions.use(child, scope, How.PRINTED)

    def _do_for(self, node: nodes.For, scope: Scope) -> None:
        item = looped(self._expressions.use(node.iter, scope, How.LOOPED))
        inner = scope.child(shapes={"loop": loop_shape()})
        self._bind(node.target, item, inner)
        if node.test is not None:
            self._expressions.use(node.test, inner, How.TESTED)
            inner = inner.child(inner.tested(node.test))
        with self._lost.loop():
            self._body(node.body, inner)
        self._body(node.else_, scope.child())

    def _do_if(self, node: nodes.If, scope: Scope) -> None:
        self._expressions.use(node.test, scope, How.TESTED)
        guards = scope.tested(node.test)
        before = dict(scope.shapes)
        branches = []
        for body in (node.body, node.elif_, node.else_):
            inner = scope.child(guards)
            self._body(body, inner)
            branches.append(inner)
        for inner in branches:
            scope.macros.update(inner.macros)
            scope.modules.update(inner.modules)
            for name, shape in inner.shapes.items():
                if before.get(name) is not shape:
                    known = [scope.shapes[name]] if name in scope.shapes else []
                    scope.shapes[name] = any_of([present(each) for each in (*known, shape)])

    def _do_assign(self, node: nodes.Assign, scope: Scope) -> None:
        self._bind(node.target, self._expressions.shape(node.node, scope, Need.LATER), scope)
        self._tells(node.target, node.node, scope)
        self._lost.assigned(node.target)

    def _do_assignblock(self, node: nodes.AssignBlock, scope: Scope) -> None:
        self._body(node.body, scope.child())
        self._bind(node.target, TEXT if node.filter is None else ANYTHING, scope)
        self._lost.assigned(node.target)

    def _do_with(self, node: nodes.With, scope: Scope) -> None:
        inner = scope.child()
        for target, value in zip(node.targets, node.values, strict=True):
            self._bind(target, self._expressions.shape(value, scope, Need.LATER), inner)
            self._tells(target, value, inner)
        self._body(node.body, inner)

    def _do_macro(self, node: nodes.Macro, scope: Scope) -> None:
        scope.macros[node.name] = Macro(node, self._findings.template, scope)
        scope.shapes[node.name] = ANYTHING
        with self._findings.uncalled():
            self._macro_body(scope.macros[node.name], {}, scope.guards)

    def _do_callblock(self, node: nodes.CallBlock, scope: Scope) -> None:
        self._expressions.use(node.call, scope, How.PRINTED)
        inner = scope.child(scope.tested(node.call))  # it is printed where the macro wants it
        for argument in node.args:
            inner.shapes[argument.name] = ANYTHING
        with self._lost.elsewhere():
            self._body(node.body, inner)

    def _do_filterblock(self, node: nodes.FilterBlock, scope: Scope) -> None:
        self._expressions.shape(node.filter, scope)
        self._body(node.body, scope.child())

    def _do_block(self, node: nodes.Block, scope: Scope) -> None:
        self._printed.add(node.name)
        inner = scope.child(shapes=_IN_BLOCKS)
        self._body(node.body, inner)
        template, override = self._blocks.get(node.name, ("", node))
        if override is not node and template != self._findings.template:
            with self._findings.at(*self._findings.frames[:-1], Frame(template, 0)):
                self._body(override.body, scope.child(shapes=_IN_BLOCKS))

    def _do_include(self, node: nodes.Include, scope: Scope) -> None:
        self._other(node, scope)

    def _do_import(self, node: nodes.Import, scope: Scope) -> None:
        found = self._other(node, scope)
        scope.bind(node.target, ANYTHING)
        if found is not None:
            scope.modules[node.target] = found
            for name, shape in found.shapes.items():
                if scope.shapes.get(name) is not shape:
                    self._findings.use(shape, How.READ, whole=True)

    def _do_fromimport(self, node: nodes.FromImport, scope: Scope) -> None:
        found = self._other(node, scope)
        for entry in node.names:
            name, alias = entry if isinstance(entry, tuple) else (entry, entry)
            shape = ANYTHING
            if found is not None:
                shape = self._expressions.imported(node, found, name, alias)
            scope.bind(alias, ANYTHING if shape is scope.shapes.get(name) else shape)
            if found is not None and name in found.macros:
                scope.macros[alias] = found.macros[name]

    def _do_extends(self, node: nodes.Extends, scope: Scope) -> None:
        """Is followed at the end of the template, when its blocks are known."""

    def _bind(self, target: nodes.Node, shape: ShapeData, scope: Scope) -> None:
        if isinstance(target, nodes.Name):
            scope.bind(target.name, shape)
        elif isinstance(target, nodes.Tuple):
            known = shape.get("items", [])
            for index, part in enumerate(target.items):
                other = derived(ANYTHING, shape)
                self._bind(part, known[index] if index < len(known) else other, scope)
        else:  # an attribute of a namespace
            self._findings.use(shape, How.READ, whole=True)

    def _tells(self, target: nodes.Node, value: nodes.Node, scope: Scope) -> None:
        """Remember what whoever tests a variable, or a namespace's attribute, has tested."""
        if isinstance(target, nodes.Name):
            scope.about[target.name] = frozenset(dotted_paths(value))
        elif isinstance(target, nodes.NSRef):
            scope.about[f"{target.name}.{target.attr}"] = frozenset(dotted_paths(value))

    # macros

    def _macro_call(
        self,
        macro: Macro,
        arguments: list[ShapeData],
        named: dict[str, ShapeData],
        line: int,
        guards: frozenset[str],
    ) -> None:
        frames, there = self._findings.frames, Frame(macro.template, macro.node.lineno)
        called = id(macro.node)
        if called in self._active or len(frames) > DEEPEST:
            self._findings.is_complete &= called in self._active
            for shape in (*arguments, *named.values()):
                self._findings.use(shape, How.READ, whole=True)
            return
        parameters = [each.name for each in macro.node.args]
        given = {name: shape for name, shape in named.items() if name in parameters}
        given |= dict(zip(parameters, arguments, strict=False))
        self._active.add(called)
        with self._findings.at(*frames[:-1], Frame(frames[-1].template, line), there):
            self._macro_body(macro, given, guards)
        self._active.remove(called)

    def _macro_body(
        self, macro: Macro, given: dict[str, ShapeData], guards: frozenset[str]
    ) -> None:
        inner = macro.scope.child(guards, _IN_MACROS)
        parameters = [each.name for each in macro.node.args]
        inner.shapes.update(dict.fromkeys(parameters, ANYTHING))
        behind = parameters[len(parameters) - len(macro.node.defaults) :]
        for name, default in zip(behind, macro.node.defaults, strict=True):
            shape = self._expressions.shape(default, inner, Need.TESTED)
            inner.shapes[name] = blurred(shape)
        inner.shapes.update(given)
        with self._lost.elsewhere():
            self._body(macro.node.body, inner)

    _STATEMENTS: dict[type, Callable[..., None]] = {  # noqa: RUF012 - never changed
        nodes.Assign: _do_assign,
        nodes.AssignBlock: _do_assignblock,
        nodes.Block: _do_block,
        nodes.CallBlock: _do_callblock,
        nodes.Extends: _do_extends,
        nodes.FilterBlock: _do_filterblock,
        nodes.For: _do_for,
        nodes.FromImport: _do_fromimport,
        nodes.If: _do_if,
        nodes.Import: _do_import,
        nodes.Include: _do_include,
        nodes.Macro: _do_macro,
        nodes.Output: _do_output,
        nodes.With: _do_with,
    }


def _blocks_and_parents(body: list[nodes.Node]) -> Iterator[nodes.Block | nodes.Extends]:
    """Yield the blocks of a template, and what it extends: they stand in no expression."""
    for node in body:
        if isinstance(node, (nodes.Block, nodes.Extends)):
            yield node
        for name in ("body", "elif_", "else_"):
            if below := getattr(node, name, None):
                yield from _blocks_and_parents(below)


def _apart(body: list[nodes.Node]) -> tuple[list[nodes.Node], list[nodes.Block]]:
    """Return what counts of a template that extends another, and its blocks.

    Text behind the tag is never printed; text before it is.
    """
    extends = (index for index, node in enumerate(body) if isinstance(node, nodes.Extends))
    end = next(extends, len(body))
    blocks = [node for node in body if isinstance(node, nodes.Block)]
    printed = [
        node
        for index, node in enumerate(body)
        if not isinstance(node, nodes.Block) and (index < end or not isinstance(node, nodes.Output))
    ]
    return printed, blocks
