"""The shapes of expressions, what they read, and the names in them that can never be there."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from jinja2 import nodes

from agentgen.environment.dotted import attribute_argument, dotted, dotted_paths, shown
from agentgen.environment.findings import Findings
from agentgen.environment.scopes import Macro, Scope
from agentgen.environment.shaped import below, call_method, filtered
from agentgen.outcome import How
from agentgen.shapes import (
    ANYTHING,
    BOOLEAN,
    NUMBER,
    TEXT,
    ShapeData,
    any_of,
    derived,
    item,
    key,
    list_of,
    tuple_of,
)
from agentgen.wording import did_you_mean, quoted

CallMacro = Callable[[Macro, list[ShapeData], dict[str, ShapeData], int], None]
"""Takes a macro, the shapes of its arguments and of its named ones, and the line of the call."""

Lookup: TypeAlias = nodes.Getattr | nodes.Getitem

_GLOBALS = frozenset({"range", "dict", "namespace"})
_DEFAULTS = frozenset({"default", "d"})
_OF_ITEMS = frozenset({"map", "join", "sum"})
"""Filters that give on what they look up in each item; the others only look."""
_OF_VALUES = frozenset({"eq", "equalto", "==", "ne", "!=", "in", "sameas"})
"""Tests that look at all that a value holds."""


class Expressions:
    """Finds what expressions give; where they are `quiet`, their value may be absent."""

    def __init__(self, findings: Findings, call_macro: CallMacro, *, lenient: bool) -> None:
        self._findings = findings
        self._call_macro = call_macro
        self._lenient = lenient

    def use(self, node: nodes.Node, scope: Scope, how: How) -> ShapeData:
        """Return the shape of an expression whose value is used in some way, at once.

        Its value may be absent where it is tested, looped over, or the name in an include.
        """
        shape = self.shape(node, scope, quiet=how in (How.TESTED, How.LOOPED))
        is_list = shape["is"] == "list"
        whole = how in (How.PRINTED, How.READ) or (how is How.LOOPED and not is_list)
        self._findings.use(shape, how, whole=whole)
        return shape

    def shape(self, node: nodes.Node, scope: Scope, *, quiet: bool = False) -> ShapeData:
        """Return the shape of an expression's value, and report the names that never are."""
        self._findings.step()
        if isinstance(node, nodes.Name):
            return self._name(node, scope, quiet=quiet)
        if isinstance(node, (nodes.Getattr, nodes.Getitem)):
            return self._lookup(node, scope, quiet=quiet)
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is not None:
            shape: ShapeData = method(node, scope, quiet=quiet)
            return shape
        return self._plain(node, scope, quiet=quiet)

    def _plain(self, node: nodes.Node, scope: Scope, *, quiet: bool) -> ShapeData:
        children = [
            self.shape(child, scope, quiet=quiet and isinstance(node, nodes.Operand))
            for child in node.iter_child_nodes()
        ]
        if isinstance(node, nodes.Const):
            return TEXT if isinstance(node.value, str) else NUMBER
        if isinstance(node, nodes.List):
            return list_of(any_of(children))
        if isinstance(node, nodes.Tuple):
            return tuple_of(*children)
        if isinstance(node, (nodes.Concat, nodes.TemplateData)):
            return derived(TEXT, *children)
        if isinstance(node, nodes.Add) and children and children[0]["is"] == "list":
            return any_of(children)
        return derived(ANYTHING, *children)

    # conditions

    def _and(self, node: nodes.And | nodes.Or, scope: Scope, *, quiet: bool) -> ShapeData:
        left = self.use(node.left, scope, How.TESTED)
        if isinstance(node, nodes.Or) and isinstance(node.right, nodes.Const):
            self._findings.use(left, How.DEFAULTED, default=shown(node.right))
        guarded = scope.child(frozenset(dotted_paths(node.left)))
        return any_of([left, self.shape(node.right, guarded, quiet=quiet)])

    _or = _and

    def _not(self, node: nodes.Not, scope: Scope, *, quiet: bool) -> ShapeData:  # noqa: ARG002
        self.use(node.node, scope, How.TESTED)
        return BOOLEAN

    def _test(self, node: nodes.Test, scope: Scope, *, quiet: bool) -> ShapeData:  # noqa: ARG002
        tested = self.shape(node.node, scope, quiet=True)
        self._findings.use(tested, How.TESTED, whole=node.name in _OF_VALUES)
        for child in node.iter_child_nodes(exclude=("node",)):
            self._compared(child, scope)
        return BOOLEAN

    def _compare(self, node: nodes.Compare, scope: Scope, *, quiet: bool) -> ShapeData:  # noqa: ARG002
        self._compared(node.expr, scope)
        for operand in node.ops:
            self._compared(operand.expr, scope)
        return BOOLEAN

    def _compared(self, node: nodes.Node, scope: Scope) -> None:
        self._findings.use(self.shape(node, scope, quiet=True), How.TESTED, whole=True)

    def _condexpr(self, node: nodes.CondExpr, scope: Scope, *, quiet: bool) -> ShapeData:
        self.use(node.test, scope, How.TESTED)
        guarded = scope.child(frozenset(dotted_paths(node.test)))
        shapes = [self.shape(node.expr1, guarded, quiet=quiet)]
        if node.expr2 is not None:
            shapes.append(self.shape(node.expr2, guarded, quiet=quiet))
        return any_of(shapes)

    # names

    def _name(self, node: nodes.Name, scope: Scope, *, quiet: bool) -> ShapeData:
        for macro in scope.macros_of(node.name):
            self._call_macro(macro, [], {}, node.lineno)  # whoever gets it may call it
        if node.name in scope.shapes:
            shape = scope.shapes[node.name]
            is_root = None in shape.get("at", {}).values()
            return self._placed(shape, node.lineno, node.name) if is_root else shape
        if node.name not in _GLOBALS:
            near = did_you_mean(node.name, scope.shapes)
            if near or not self._may_be_absent(node.name, scope, quiet=quiet):
                message = f"{quoted(node.name)} is never defined"
                self._findings.report(node.lineno, message, node.name, near)
        return ANYTHING

    def _placed(self, shape: ShapeData, line: int, word: str) -> ShapeData:
        if "at" not in shape:
            return shape
        return {**shape, "at": dict.fromkeys(shape["at"], self._findings.place(line, word))}

    def _lookup(self, node: Lookup, scope: Scope, *, quiet: bool) -> ShapeData:
        macro = scope.macro(node)
        if macro is not None:
            self._call_macro(macro, [], {}, node.lineno)
            return ANYTHING
        return self._looked_up(node, self.shape(node.node, scope, quiet=quiet), scope, quiet=quiet)

    def _looked_up(self, node: Lookup, owner: ShapeData, scope: Scope, *, quiet: bool) -> ShapeData:
        if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
            self.use(node.arg, scope, How.READ)
            is_slice = isinstance(node.arg, nodes.Slice) and owner["is"] in ("list", "text")
            return owner if is_slice else _item(owner)
        name = node.attr if isinstance(node, nodes.Getattr) else node.arg.value  # type: ignore[attr-defined]
        if not isinstance(name, str):
            return _item(owner)
        if owner["is"] == "mapping":
            found = self._key(node, owner, name, scope, quiet=quiet)
            return self._placed(found, node.lineno, f".{name}")
        if owner["is"] == "anything":
            return self._placed(key(owner, name), node.lineno, f".{name}")
        methods = {"text": str, "list": list}.get(owner["is"])
        if methods is not None and not hasattr(methods, name):
            self._report_attribute(node, owner, name)
        return derived(ANYTHING, owner)

    def _key(
        self, node: nodes.Expr, owner: ShapeData, name: str, scope: Scope, *, quiet: bool
    ) -> ShapeData:
        if name in owner["keys"]:
            return key(owner, name)
        if hasattr(dict, name):
            return derived(ANYTHING, owner)
        path = dotted(node) or name
        near = did_you_mean(name, owner["keys"])
        if near or not self._may_be_absent(path, scope, quiet=quiet):
            owner_path = path.rpartition(".")[0]
            if near and owner_path:
                near = near.replace("`", f"`{owner_path}.", 1)
            message = f"{quoted(path)} can never be there: {_where(path)}"
            self._findings.report(node.lineno, message, f".{name}", near)
        return key(owner, name)

    def _report_attribute(self, node: nodes.Expr, owner: ShapeData, name: str) -> None:
        path = dotted(node)
        whole = quoted(path.rpartition(".")[0]) if path else "this"
        if owner["is"] == "list":
            message = f"{whole} is a list, and has no {quoted(name)}"
            help: str | None = "loop over it, or take one item: `| first`"
        else:
            message = f"{whole} is text, and has no {quoted(name)}"
            help = did_you_mean(name, [each for each in dir(str) if not each.startswith("_")])
        self._findings.report(node.lineno, message, f".{name}", help)

    def _may_be_absent(self, path: str, scope: Scope, *, quiet: bool) -> bool:
        tested = any(path == each or path.startswith(f"{each}.") for each in scope.guards)
        return quiet or tested or self._lenient

    # filters

    def _filter(self, node: nodes.Filter, scope: Scope, *, quiet: bool) -> ShapeData:
        is_default = node.name in _DEFAULTS
        shape = ANYTHING  # of a `filter` block
        if node.node is not None:
            shape = self.shape(node.node, scope, quiet=quiet or is_default)
        arguments = self._arguments(node, scope, quiet=quiet)
        if is_default:
            default = next((shown(each) for each in _given(node)), "''")
            self._findings.use(shape, How.DEFAULTED, default=default)
            return any_of([shape, *arguments[:1]])
        for argument in arguments:
            self._findings.use(argument, How.READ, whole=True)
        attribute = attribute_argument(node)
        if attribute is not None and shape["is"] == "list":
            for each in attribute.split(",") if node.name == "sort" else [attribute]:
                self._attribute(node, item(shape), each.strip())
        return filtered(node.name, shape, attribute)

    def _attribute(self, node: nodes.Filter, one: ShapeData, attribute: str) -> None:
        """Check the attribute that `map`, `selectattr` and the like look up in each item."""
        looked_up = self._placed(below(one, attribute), node.lineno, attribute)
        if node.name not in _OF_ITEMS:
            self._findings.use(looked_up, How.TESTED, whole=True)
        for name in attribute.split("."):
            if one["is"] != "mapping":
                return
            if name not in one["keys"]:
                near = did_you_mean(name, one["keys"])
                message = f"no item can have {quoted(name)}: it is not in the project schema"
                self._findings.report(node.lineno, message, attribute, near)
                return
            one = key(one, name)

    def _arguments(
        self, node: nodes.Filter | nodes.Call, scope: Scope, *, quiet: bool
    ) -> list[ShapeData]:
        """Return the shapes of all arguments: first those by place, then those by name."""
        return [self.shape(each, scope, quiet=quiet) for each in _given(node)]

    # calls

    def _call(self, node: nodes.Call, scope: Scope, *, quiet: bool) -> ShapeData:
        arguments = self._arguments(node, scope, quiet=quiet)
        macro = scope.macro(node.node)
        if macro is not None:
            self._call_known(macro, node, arguments)
            return TEXT
        if isinstance(node.node, nodes.Getattr):
            owner = self.shape(node.node.node, scope, quiet=quiet)
            if owner["is"] == "mapping" and node.node.attr in owner["keys"]:
                return derived(ANYTHING, owner, *arguments)
            self._looked_up(node.node, owner, scope, quiet=quiet)
            first = node.args[0] if node.args else None
            given = first.value if isinstance(first, nodes.Const) else None
            for argument in arguments:
                self._findings.use(argument, How.READ, whole=True)
            return call_method(owner, node.node.attr, given)
        called = self.shape(node.node, scope, quiet=quiet)
        return derived(ANYTHING, called, *arguments)

    def _call_known(self, macro: Macro, node: nodes.Call, arguments: list[ShapeData]) -> None:
        count = len(node.args)
        spread = arguments[count + len(node.kwargs) :]
        named = dict(zip((each.key for each in node.kwargs), arguments[count:], strict=False))
        parameters = {each.name for each in macro.node.args}
        extra = [shape for name, shape in named.items() if name not in parameters]
        for shape in (*spread, *extra, *arguments[len(macro.node.args) : count]):
            self._findings.use(shape, How.READ, whole=True)
        self._call_macro(macro, [] if spread else arguments[:count], named, node.lineno)


def _given(node: nodes.Filter | nodes.Call) -> Sequence[nodes.Expr]:
    named = [each.value for each in node.kwargs]
    return [*node.args, *named, *filter(None, (node.dyn_args, node.dyn_kwargs))]


def _item(owner: ShapeData) -> ShapeData:
    if owner["is"] in ("list", "anything"):
        return item(owner)
    return derived(TEXT if owner["is"] == "text" else ANYTHING, owner)


def _where(path: str) -> str:
    if path.startswith("agent."):
        return "no agent has it, and the project schema has not"
    if path.startswith("loop."):
        return "Jinja2's loops do not have it"
    return "it is not in the project schema"
