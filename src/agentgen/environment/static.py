"""What a template asks for that can never be there, found without rendering it.

Walks the syntax tree with the shapes of the context: through loops, `set`, `with`, macros and
their arguments, imports, includes, inheritance, filters and methods. A name that can be there is
never reported, whether it is there or not; where nothing is known, nothing is said. What is tested,
compared, looped over or given a default may be absent, so there only a name that is almost a known
one is reported.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from jinja2 import nodes

from agentgen.diagnostics import did_you_mean, quoted
from agentgen.environment.shaped import call_method, filtered, loop_shape, looped
from agentgen.outcome import Frame, Problem
from agentgen.shapes import ANYTHING, BOOLEAN, NUMBER, TEXT, ShapeData, any_of, list_of, tuple_of

DEEPEST = 30
"""Includes and macro calls within each other that are followed."""

Parse = Callable[[str, str], tuple[str, nodes.Template] | None]
"""Takes the name in an include and the including template's name; returns full name and tree."""

_GLOBALS = frozenset({"range", "dict", "namespace"})
_IN_MACROS = dict.fromkeys(("caller", "varargs", "kwargs"), ANYTHING)
_IN_BLOCKS = dict.fromkeys(("super", "self"), ANYTHING)
_QUIET_FILTERS = frozenset({"default", "d"})


@dataclass(frozen=True)
class _Scope:
    """The variables that are known at a place, and the paths that were tested around it."""

    shapes: dict[str, ShapeData]
    macros: dict[str, "_Macro"] = field(default_factory=dict)
    guards: frozenset[str] = frozenset()

    def child(
        self,
        guards: frozenset[str] = frozenset(),
        shapes: Mapping[str, ShapeData] = MappingProxyType({}),
    ) -> "_Scope":
        return _Scope({**self.shapes, **shapes}, dict(self.macros), self.guards | guards)


@dataclass(frozen=True)
class _Macro:
    node: nodes.Macro
    template: str
    scope: _Scope


class StaticCheck:
    """Checks one template after another; `parse` gives the trees of those that they include."""

    def __init__(self, parse: Parse, *, lenient: bool) -> None:
        self._parse = parse
        self._lenient = lenient
        self._frames: tuple[Frame, ...] = ()
        self._problems: dict[tuple[object, ...], Problem] = {}
        self._blocks: dict[str, tuple[str, nodes.Block]] = {}

    def check(self, tree: nodes.Template, name: str, shapes: dict[str, ShapeData]) -> list[Problem]:
        """Return what is wrong in a template that sees variables of these shapes."""
        self._problems.clear()
        self._blocks.clear()
        self._template(tree, name, _Scope(shapes))
        return list(self._problems.values())

    # templates

    def _template(self, tree: nodes.Template, name: str, scope: _Scope) -> None:
        extends = tree.find(nodes.Extends)
        for block in tree.find_all(nodes.Block):
            self._blocks.setdefault(block.name, (name, block))
        self._frames = (*self._frames, Frame(name, 0))
        self._body(tree.body, scope, printed=extends is None)
        self._frames = self._frames[:-1]
        if extends is not None:
            self._other(extends.template, extends.lineno, name, scope)

    def _other(self, wanted: nodes.Expr, line: int, name: str, scope: _Scope) -> _Scope | None:
        """Follow an include, import or extends to the template that it names, if it is a name."""
        self._expression(wanted, scope, quiet=True)
        if not isinstance(wanted, nodes.Const) or len(self._frames) > DEEPEST:
            return None
        found = self._parse(str(wanted.value), name)
        if found is None or any(frame.template == found[0] for frame in self._frames):
            return None
        full, tree = found
        outer = self._frames
        self._frames = (*outer[:-1], Frame(name, line)) if outer else (Frame(name, line),)
        inner = scope.child()
        self._template(tree, full, inner)
        self._frames = outer
        return inner

    def _body(self, body: list[nodes.Node], scope: _Scope, *, printed: bool = True) -> None:
        for node in body:
            if printed or not isinstance(node, nodes.Output):
                self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: _Scope) -> None:
        handler = getattr(self, f"_do_{type(node).__name__.lower()}", None)
        if handler is not None:
            handler(node, scope)
        elif isinstance(node, nodes.Expr):
            self._expression(node, scope)
        else:
            for child in node.iter_child_nodes():
                self._statement(child, scope)

    # statements

    def _do_output(self, node: nodes.Output, scope: _Scope) -> None:
        for child in node.nodes:
            self._expression(child, scope)

    def _do_for(self, node: nodes.For, scope: _Scope) -> None:
        item = looped(self._expression(node.iter, scope, quiet=True))
        inner = scope.child(shapes={"loop": loop_shape()})
        self._bind(node.target, item, inner)
        if node.test is not None:
            self._expression(node.test, inner, quiet=True)
            inner = inner.child(frozenset(_paths(node.test)))
        self._body(node.body, inner)
        self._body(node.else_, scope.child())

    def _do_if(self, node: nodes.If, scope: _Scope) -> None:
        self._expression(node.test, scope, quiet=True)
        guards = frozenset(_paths(node.test))
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

    def _do_assign(self, node: nodes.Assign, scope: _Scope) -> None:
        self._bind(node.target, self._expression(node.node, scope), scope)

    def _do_assignblock(self, node: nodes.AssignBlock, scope: _Scope) -> None:
        self._body(node.body, scope.child())
        self._bind(node.target, TEXT if node.filter is None else ANYTHING, scope)

    def _do_with(self, node: nodes.With, scope: _Scope) -> None:
        inner = scope.child()
        for target, value in zip(node.targets, node.values, strict=True):
            self._bind(target, self._expression(value, scope), inner)
        self._body(node.body, inner)

    def _do_macro(self, node: nodes.Macro, scope: _Scope) -> None:
        scope.macros[node.name] = _Macro(node, self._frames[-1].template, scope)
        scope.shapes[node.name] = ANYTHING
        self._macro_body(scope.macros[node.name], [ANYTHING] * len(node.args))

    def _do_callblock(self, node: nodes.CallBlock, scope: _Scope) -> None:
        self._expression(node.call, scope)
        inner = scope.child()
        for argument in node.args:
            inner.shapes[argument.name] = ANYTHING
        self._body(node.body, inner)

    def _do_filterblock(self, node: nodes.FilterBlock, scope: _Scope) -> None:
        self._body(node.body, scope.child())

    def _do_block(self, node: nodes.Block, scope: _Scope) -> None:
        inner = scope.child(shapes=_IN_BLOCKS)
        self._body(node.body, inner)
        template, override = self._blocks.get(node.name, ("", node))
        if override is not node and template != self._frames[-1].template:
            outer = self._frames
            self._frames = (*outer[:-1], Frame(template, 0))
            self._body(override.body, scope.child(shapes=_IN_BLOCKS))
            self._frames = outer

    def _do_include(self, node: nodes.Include, scope: _Scope) -> None:
        self._other(node.template, node.lineno, self._frames[-1].template, scope)

    def _do_import(self, node: nodes.Import, scope: _Scope) -> None:
        scope.shapes[node.target] = ANYTHING
        self._other(node.template, node.lineno, self._frames[-1].template, scope)

    def _do_fromimport(self, node: nodes.FromImport, scope: _Scope) -> None:
        found = self._other(node.template, node.lineno, self._frames[-1].template, scope)
        for entry in node.names:
            name, alias = entry if isinstance(entry, tuple) else (entry, entry)
            scope.shapes[alias] = ANYTHING
            if found is not None and name in found.macros:
                scope.macros[alias] = found.macros[name]

    def _do_extends(self, node: nodes.Extends, scope: _Scope) -> None:
        """Is followed at the end of the template, when its blocks are known."""

    def _bind(self, target: nodes.Node, shape: ShapeData, scope: _Scope) -> None:
        if isinstance(target, nodes.Name):
            scope.shapes[target.name] = shape
            scope.macros.pop(target.name, None)
        elif isinstance(target, nodes.Tuple):
            known = shape["items"] if shape["is"] == "tuple" else []
            for index, part in enumerate(target.items):
                self._bind(part, known[index] if index < len(known) else ANYTHING, scope)

    # expressions

    def _expression(self, node: nodes.Node, scope: _Scope, *, quiet: bool = False) -> ShapeData:
        if isinstance(node, nodes.Name):
            return self._name(node, scope, quiet=quiet)
        if isinstance(node, (nodes.Getattr, nodes.Getitem)):
            return self._lookup(node, scope, quiet=quiet)
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is not None:
            shape: ShapeData = handler(node, scope, quiet=quiet)
            return shape
        if isinstance(node, (nodes.And, nodes.Or)):
            left = self._expression(node.left, scope, quiet=True)
            guarded = scope.child(frozenset(_paths(node.left)))
            return any_of([left, self._expression(node.right, guarded, quiet=quiet)])
        if isinstance(node, (nodes.Test, nodes.Compare, nodes.Not)):
            for child in node.iter_child_nodes():
                self._expression(child, scope, quiet=True)
            return BOOLEAN
        return self._plain(node, scope, quiet=quiet)

    def _plain(self, node: nodes.Node, scope: _Scope, *, quiet: bool) -> ShapeData:
        children = [
            self._expression(child, scope, quiet=quiet and isinstance(node, nodes.Operand))
            for child in node.iter_child_nodes()
        ]
        if isinstance(node, nodes.Const):
            return TEXT if isinstance(node.value, str) else NUMBER
        if isinstance(node, nodes.List):
            return list_of(any_of(children))
        if isinstance(node, nodes.Tuple):
            return tuple_of(*children)
        if isinstance(node, (nodes.Concat, nodes.TemplateData)):
            return TEXT
        if isinstance(node, nodes.Add) and children and children[0]["is"] == "list":
            return any_of(children)
        return ANYTHING

    def _name(self, node: nodes.Name, scope: _Scope, *, quiet: bool) -> ShapeData:
        if node.name in scope.shapes:
            return scope.shapes[node.name]
        if node.name not in _GLOBALS:
            near = did_you_mean(node.name, scope.shapes)
            if near or not self._may_be_absent(node.name, scope, quiet=quiet):
                message = f"{quoted(node.name)} is never defined"
                self._report(node, message, node.name, near)
        return ANYTHING

    def _lookup(
        self, node: nodes.Getattr | nodes.Getitem, scope: _Scope, *, quiet: bool
    ) -> ShapeData:
        owner = self._expression(node.node, scope, quiet=quiet)
        if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
            self._expression(node.arg, scope)
            return _item(owner)
        name = node.attr if isinstance(node, nodes.Getattr) else node.arg.value  # type: ignore[attr-defined]
        if not isinstance(name, str):
            return _item(owner)
        if owner["is"] == "mapping":
            return self._key(node, owner, name, scope, quiet=quiet)
        methods = {"text": str, "list": list}.get(owner["is"])
        if methods is not None and not hasattr(methods, name):
            self._report_attribute(node, owner, name)
        return ANYTHING

    def _key(
        self, node: nodes.Expr, owner: ShapeData, name: str, scope: _Scope, *, quiet: bool
    ) -> ShapeData:
        if name in owner["keys"]:
            shape: ShapeData = owner["keys"][name]
            return shape
        if not hasattr(dict, name):
            path = _path(node) or name
            near = did_you_mean(name, owner["keys"])
            if near or not self._may_be_absent(path, scope, quiet=quiet):
                owner_path = path.rpartition(".")[0]
                if near and owner_path:
                    near = near.replace("`", f"`{owner_path}.", 1)
                message = f"{quoted(path)} can never be there: {_where(path)}"
                self._report(node, message, f".{name}", near)
        return ANYTHING

    def _report_attribute(self, node: nodes.Expr, owner: ShapeData, name: str) -> None:
        path = _path(node)
        whole = quoted(path.rpartition(".")[0]) if path else "this"
        if owner["is"] == "list":
            message = f"{whole} is a list, and has no {quoted(name)}"
            self._report(node, message, f".{name}", "loop over it, or take one item: `| first`")
        else:
            near = did_you_mean(name, [each for each in dir(str) if not each.startswith("_")])
            self._report(node, f"{whole} is text, and has no {quoted(name)}", f".{name}", near)

    def _may_be_absent(self, path: str, scope: _Scope, *, quiet: bool) -> bool:
        tested = any(path == each or path.startswith(f"{each}.") for each in scope.guards)
        return quiet or tested or self._lenient

    def _filter(self, node: nodes.Filter, scope: _Scope, *, quiet: bool) -> ShapeData:
        if node.node is None:
            return ANYTHING
        is_default = node.name in _QUIET_FILTERS
        shape = self._expression(node.node, scope, quiet=quiet or is_default)
        arguments = [self._expression(each, scope, quiet=quiet) for each in node.args]
        for keyword in node.kwargs:
            self._expression(keyword.value, scope, quiet=quiet)
        if is_default:
            return either_or(shape, arguments)
        attribute = _attribute_argument(node)
        if attribute is not None and shape["is"] == "list":
            self._attribute(node, shape["item"], attribute)
        return filtered(node.name, shape, attribute)

    def _attribute(self, node: nodes.Filter, item: ShapeData, attribute: str) -> None:
        """Check the attribute that `map`, `selectattr` and the like look up in each item."""
        for name in attribute.split("."):
            if item["is"] != "mapping":
                return
            if name not in item["keys"]:
                near = did_you_mean(name, item["keys"])
                message = f"no item can have {quoted(name)}: it is not in the project schema"
                self._report(node, message, attribute, near)
                return
            item = item["keys"][name]

    def _call(self, node: nodes.Call, scope: _Scope, *, quiet: bool) -> ShapeData:
        arguments = [self._expression(each, scope, quiet=quiet) for each in node.args]
        for keyword in node.kwargs:
            self._expression(keyword.value, scope, quiet=quiet)
        if isinstance(node.node, nodes.Name) and node.node.name in scope.macros:
            macro = scope.macros[node.node.name]
            named = {each.key: self._expression(each.value, scope) for each in node.kwargs}
            self._macro_call(macro, arguments, named, node.lineno)
            return TEXT
        if isinstance(node.node, nodes.Getattr):
            owner = self._expression(node.node.node, scope, quiet=quiet)
            if owner["is"] == "mapping" and node.node.attr in owner["keys"]:
                return ANYTHING
            self._expression(node.node, scope, quiet=quiet)
            first = node.args[0] if node.args else None
            key = first.value if isinstance(first, nodes.Const) else None
            return call_method(owner, node.node.attr, key)
        self._expression(node.node, scope, quiet=quiet)
        return ANYTHING

    def _condexpr(self, node: nodes.CondExpr, scope: _Scope, *, quiet: bool) -> ShapeData:
        self._expression(node.test, scope, quiet=True)
        guarded = scope.child(frozenset(_paths(node.test)))
        shapes = [self._expression(node.expr1, guarded, quiet=quiet)]
        if node.expr2 is not None:
            shapes.append(self._expression(node.expr2, guarded, quiet=quiet))
        return any_of(shapes)

    # macros

    def _macro_call(
        self, macro: _Macro, arguments: list[ShapeData], named: dict[str, ShapeData], line: int
    ) -> None:
        if len(self._frames) > DEEPEST or any(
            frame == Frame(macro.template, macro.node.lineno) for frame in self._frames
        ):
            return
        shapes = [ANYTHING] * len(macro.node.args)
        for index, parameter in enumerate(macro.node.args):
            if index < len(arguments):
                shapes[index] = arguments[index]
            elif parameter.name in named:
                shapes[index] = named[parameter.name]
        outer = self._frames
        here = Frame(outer[-1].template, line)
        self._frames = (*outer[:-1], here, Frame(macro.template, macro.node.lineno))
        self._macro_body(macro, shapes)
        self._frames = outer

    def _macro_body(self, macro: _Macro, shapes: list[ShapeData]) -> None:
        inner = macro.scope.child(shapes=_IN_MACROS)
        for default in macro.node.defaults:
            self._expression(default, macro.scope, quiet=True)
        for parameter, shape in zip(macro.node.args, shapes, strict=True):
            inner.shapes[parameter.name] = shape
        self._body(macro.node.body, inner)

    def _report(self, node: nodes.Node, message: str, word: str, help: str | None) -> None:
        place = Frame(self._frames[-1].template, node.lineno)
        problem = Problem("undefined-variable", message, (*self._frames[:-1], place), word, help)
        self._problems.setdefault((place, word, message), problem)


def either_or(shape: ShapeData, arguments: list[ShapeData]) -> ShapeData:
    """Return the shape of a value with a default."""
    return any_of([shape, *arguments[:1]])


def _item(owner: ShapeData) -> ShapeData:
    if owner["is"] == "list":
        item: ShapeData = owner["item"]
        return item
    return TEXT if owner["is"] == "text" else ANYTHING


def _path(node: nodes.Node) -> str | None:
    """Return an expression as a dotted path, if it is one."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        owner = _path(node.node)
        return owner and f"{owner}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        owner = _path(node.node)
        if isinstance(node.arg.value, str):
            return owner and f"{owner}.{node.arg.value}"
        return owner and f"{owner}[{node.arg.value}]"
    return None


def _paths(node: nodes.Node) -> Iterator[str]:
    """Yield every dotted path in an expression, whole."""
    if (path := _path(node)) is not None:
        yield path
        return
    for child in node.iter_child_nodes():
        yield from _paths(child)


def _where(path: str) -> str:
    if path.startswith("agent."):
        return "no agent has it, and the project schema has not"
    if path.startswith("loop."):
        return "Jinja2's loops do not have it"
    return "it is not in the project schema"


def _attribute_argument(node: nodes.Filter) -> str | None:
    """Return the constant attribute that a filter looks up in each item."""
    if node.name in ("selectattr", "rejectattr", "groupby") and node.args:
        first = node.args[0]
        is_name = isinstance(first, nodes.Const) and isinstance(first.value, str)
        return str(first.value) if is_name else None  # type: ignore[attr-defined]
    for keyword in node.kwargs:
        if keyword.key == "attribute" and isinstance(keyword.value, nodes.Const):
            return keyword.value.value if isinstance(keyword.value.value, str) else None
    return None
