"""The shapes of expressions, and the names in them that can never be there."""

from collections.abc import Callable

from jinja2 import nodes

from agentgen.diagnostics import did_you_mean, quoted
from agentgen.environment.dotted import attribute_argument, dotted, dotted_paths
from agentgen.environment.findings import Findings
from agentgen.environment.scopes import Macro, Scope
from agentgen.environment.shaped import call_method, filtered
from agentgen.shapes import ANYTHING, BOOLEAN, NUMBER, TEXT, ShapeData, any_of, list_of, tuple_of

CallMacro = Callable[[Macro, list[ShapeData], dict[str, ShapeData], int], None]
"""Takes a macro, the shapes of its arguments and of its named ones, and the line of the call."""

_GLOBALS = frozenset({"range", "dict", "namespace"})
_QUIET_FILTERS = frozenset({"default", "d"})


class Expressions:
    """Finds what expressions give; where they are `quiet`, their value may be absent."""

    def __init__(self, findings: Findings, call_macro: CallMacro, *, lenient: bool) -> None:
        self._findings = findings
        self._call_macro = call_macro
        self._lenient = lenient

    def shape(self, node: nodes.Node, scope: Scope, *, quiet: bool = False) -> ShapeData:
        """Return the shape of an expression's value, and report the names that never are."""
        if isinstance(node, nodes.Name):
            return self._name(node, scope, quiet=quiet)
        if isinstance(node, (nodes.Getattr, nodes.Getitem)):
            return self._lookup(node, scope, quiet=quiet)
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is not None:
            shape: ShapeData = handler(node, scope, quiet=quiet)
            return shape
        if isinstance(node, (nodes.And, nodes.Or)):
            left = self.shape(node.left, scope, quiet=True)
            guarded = scope.child(frozenset(dotted_paths(node.left)))
            return any_of([left, self.shape(node.right, guarded, quiet=quiet)])
        if isinstance(node, (nodes.Test, nodes.Compare, nodes.Not)):
            for child in node.iter_child_nodes():
                self.shape(child, scope, quiet=True)
            return BOOLEAN
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
            return TEXT
        if isinstance(node, nodes.Add) and children and children[0]["is"] == "list":
            return any_of(children)
        return ANYTHING

    def _name(self, node: nodes.Name, scope: Scope, *, quiet: bool) -> ShapeData:
        if node.name in scope.shapes:
            return scope.shapes[node.name]
        if node.name not in _GLOBALS:
            near = did_you_mean(node.name, scope.shapes)
            if near or not self._may_be_absent(node.name, scope, quiet=quiet):
                message = f"{quoted(node.name)} is never defined"
                self._findings.report(node.lineno, message, node.name, near)
        return ANYTHING

    def _lookup(
        self, node: nodes.Getattr | nodes.Getitem, scope: Scope, *, quiet: bool
    ) -> ShapeData:
        owner = self.shape(node.node, scope, quiet=quiet)
        if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
            self.shape(node.arg, scope)
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
        self, node: nodes.Expr, owner: ShapeData, name: str, scope: Scope, *, quiet: bool
    ) -> ShapeData:
        if name in owner["keys"]:
            shape: ShapeData = owner["keys"][name]
            return shape
        if not hasattr(dict, name):
            path = dotted(node) or name
            near = did_you_mean(name, owner["keys"])
            if near or not self._may_be_absent(path, scope, quiet=quiet):
                owner_path = path.rpartition(".")[0]
                if near and owner_path:
                    near = near.replace("`", f"`{owner_path}.", 1)
                message = f"{quoted(path)} can never be there: {_where(path)}"
                self._findings.report(node.lineno, message, f".{name}", near)
        return ANYTHING

    def _report_attribute(self, node: nodes.Expr, owner: ShapeData, name: str) -> None:
        path = dotted(node)
        whole = quoted(path.rpartition(".")[0]) if path else "this"
        if owner["is"] == "list":
            message = f"{whole} is a list, and has no {quoted(name)}"
            self._findings.report(
                node.lineno, message, f".{name}", "loop over it, or take one item: `| first`"
            )
        else:
            near = did_you_mean(name, [each for each in dir(str) if not each.startswith("_")])
            self._findings.report(
                node.lineno, f"{whole} is text, and has no {quoted(name)}", f".{name}", near
            )

    def _may_be_absent(self, path: str, scope: Scope, *, quiet: bool) -> bool:
        tested = any(path == each or path.startswith(f"{each}.") for each in scope.guards)
        return quiet or tested or self._lenient

    def _filter(self, node: nodes.Filter, scope: Scope, *, quiet: bool) -> ShapeData:
        if node.node is None:
            return ANYTHING
        is_default = node.name in _QUIET_FILTERS
        shape = self.shape(node.node, scope, quiet=quiet or is_default)
        arguments = [self.shape(each, scope, quiet=quiet) for each in node.args]
        for keyword in node.kwargs:
            self.shape(keyword.value, scope, quiet=quiet)
        if is_default:
            return either_or(shape, arguments)
        attribute = attribute_argument(node)
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
                self._findings.report(node.lineno, message, attribute, near)
                return
            item = item["keys"][name]

    def _call(self, node: nodes.Call, scope: Scope, *, quiet: bool) -> ShapeData:
        arguments = [self.shape(each, scope, quiet=quiet) for each in node.args]
        for keyword in node.kwargs:
            self.shape(keyword.value, scope, quiet=quiet)
        if isinstance(node.node, nodes.Name) and node.node.name in scope.macros:
            macro = scope.macros[node.node.name]
            named = {each.key: self.shape(each.value, scope) for each in node.kwargs}
            self._call_macro(macro, arguments, named, node.lineno)
            return TEXT
        if isinstance(node.node, nodes.Getattr):
            owner = self.shape(node.node.node, scope, quiet=quiet)
            if owner["is"] == "mapping" and node.node.attr in owner["keys"]:
                return ANYTHING
            self.shape(node.node, scope, quiet=quiet)
            first = node.args[0] if node.args else None
            key = first.value if isinstance(first, nodes.Const) else None
            return call_method(owner, node.node.attr, key)
        self.shape(node.node, scope, quiet=quiet)
        return ANYTHING

    def _condexpr(self, node: nodes.CondExpr, scope: Scope, *, quiet: bool) -> ShapeData:
        self.shape(node.test, scope, quiet=True)
        guarded = scope.child(frozenset(dotted_paths(node.test)))
        shapes = [self.shape(node.expr1, guarded, quiet=quiet)]
        if node.expr2 is not None:
            shapes.append(self.shape(node.expr2, guarded, quiet=quiet))
        return any_of(shapes)


def either_or(shape: ShapeData, arguments: list[ShapeData]) -> ShapeData:
    """Return the shape of a value with a default."""
    return any_of([shape, *arguments[:1]])


def _item(owner: ShapeData) -> ShapeData:
    if owner["is"] == "list":
        item: ShapeData = owner["item"]
        return item
    return TEXT if owner["is"] == "text" else ANYTHING


def _where(path: str) -> str:
    if path.startswith("agent."):
        return "no agent has it, and the project schema has not"
    if path.startswith("loop."):
        return "Jinja2's loops do not have it"
    return "it is not in the project schema"
