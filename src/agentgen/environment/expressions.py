"""The shapes of expressions, what they read, and the names in them that can never be there."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from jinja2 import nodes

from agentgen.environment.absence import NEVER, Need, absent, present
from agentgen.environment.dotted import attribute_argument, dotted, key_of_get, shown
from agentgen.environment.failure import HANDED_ON, not_handed_on
from agentgen.environment.findings import Findings
from agentgen.environment.sandbox import REFUSED_GLOBALS
from agentgen.environment.scopes import Macro, Scope
from agentgen.environment.shaped import below, call_method, filtered
from agentgen.outcome import How, Problem
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

CallMacro = Callable[[Macro, list[ShapeData], dict[str, ShapeData], int, frozenset[str]], None]
"""Takes a macro, the shapes of its arguments and of its named ones, the line of the call, and the
paths that were tested around it."""

Lookup: TypeAlias = nodes.Getattr | nodes.Getitem

_GLOBALS = frozenset({"range", "dict", "namespace"})
_DEFAULTS = frozenset({"default", "d"})
_OF_ITEMS = frozenset({"map", "join", "sum"})
"""Filters that give on what they look up in each item; the others only look."""
_CHOOSING = frozenset({"selectattr", "rejectattr"})
_OF_VALUES = frozenset({"eq", "equalto", "==", "ne", "!=", "in", "sameas"})
"""Tests that look at all that a value holds."""


class Expressions:
    """Finds what expressions give.

    `known` are the variables that templates see, unless they are imported without them.
    """

    def __init__(
        self, findings: Findings, call_macro: CallMacro, known: frozenset[str], *, lenient: bool
    ) -> None:
        self._findings = findings
        self._call_macro = call_macro
        self._known = known
        self._lenient = lenient

    def use(self, node: nodes.Node, scope: Scope, how: How) -> ShapeData:
        """Return the shape of an expression whose value is used in some way, at once.

        Its value may be absent where it is tested, looped over, or the name in an include.
        """
        is_tested = how is How.TESTED or how is How.LOOPED
        shape = self.shape(node, scope, Need.TESTED if is_tested else Need.NOW)
        if self._findings.with_uses:
            is_list = shape["is"] == "list"
            whole = how in (How.PRINTED, How.READ) or (how is How.LOOPED and not is_list)
            self._findings.use(shape, how, whole=whole)
        return shape

    def shape(self, node: nodes.Node, scope: Scope, need: Need = Need.NOW) -> ShapeData:
        """Return the shape of an expression's value, and report the names that never are.

        Of a value that is kept for later, the shape says whether it can never be there.
        """
        self._findings.step()
        find = self._SHAPES.get(type(node), Expressions._other)
        shape: ShapeData = find(self, node, scope, need)
        if NEVER not in shape or need is Need.LATER:
            return shape
        never = shape[NEVER]
        if need is Need.NOW and not scope.is_guarded(never.path):
            self._findings.report(never.problem, is_sure=False)
        return present(shape)

    def _other(self, node: nodes.Node, scope: Scope, need: Need) -> ShapeData:
        return derived(ANYTHING, *self._children(node, scope, need))

    def _children(self, node: nodes.Node, scope: Scope, need: Need) -> list[ShapeData]:
        is_operand = need is Need.TESTED and isinstance(node, nodes.Operand)
        wanted = Need.TESTED if is_operand else Need.NOW
        return [self.shape(child, scope, wanted) for child in node.iter_child_nodes()]

    # literals

    def _const(self, node: nodes.Const, _scope: Scope, _need: Need) -> ShapeData:
        return TEXT if isinstance(node.value, str) else NUMBER

    def _list(self, node: nodes.List, scope: Scope, _need: Need) -> ShapeData:
        return list_of(any_of([self.shape(each, scope, Need.LATER) for each in node.items]))

    def _tuple(self, node: nodes.Tuple, scope: Scope, _need: Need) -> ShapeData:
        return tuple_of(*(self.shape(each, scope, Need.LATER) for each in node.items))

    def _dict(self, node: nodes.Dict, scope: Scope, _need: Need) -> ShapeData:
        values = [self.shape(each.value, scope, Need.LATER) for each in node.items]
        return derived(ANYTHING, *(self.shape(each.key, scope) for each in node.items), *values)

    def _text(self, node: nodes.Node, scope: Scope, need: Need) -> ShapeData:
        return derived(TEXT, *self._children(node, scope, need))

    def _add(self, node: nodes.Add, scope: Scope, need: Need) -> ShapeData:
        children = self._children(node, scope, need)
        return any_of(children) if children[0]["is"] == "list" else derived(ANYTHING, *children)

    # conditions

    def _and(self, node: nodes.And | nodes.Or, scope: Scope, need: Need) -> ShapeData:
        left = self.use(node.left, scope, How.TESTED)
        if isinstance(node, nodes.Or) and isinstance(node.right, nodes.Const):
            self._findings.use(left, How.DEFAULTED, default=shown(node.right))
        guarded = scope.child(scope.tested(node.left))
        right = self.shape(node.right, guarded, need)
        return left if _is_empty(node.right) else any_of([left, right])

    def _not(self, node: nodes.Not, scope: Scope, _need: Need) -> ShapeData:
        self.use(node.node, scope, How.TESTED)
        return BOOLEAN

    def _test(self, node: nodes.Test, scope: Scope, _need: Need) -> ShapeData:
        tested = self.shape(node.node, scope, Need.TESTED)
        self._findings.use(tested, How.TESTED, whole=node.name in _OF_VALUES)
        for child in node.iter_child_nodes(exclude=("node",)):
            self._compared(child, scope)
        return BOOLEAN

    def _compare(self, node: nodes.Compare, scope: Scope, _need: Need) -> ShapeData:
        self._compared(node.expr, scope)
        for operand in node.ops:
            self._compared(operand.expr, scope)
        return BOOLEAN

    def _compared(self, node: nodes.Node, scope: Scope) -> None:
        self._findings.use(self.shape(node, scope, Need.TESTED), How.TESTED, whole=True)

    def _condexpr(self, node: nodes.CondExpr, scope: Scope, need: Need) -> ShapeData:
        self.use(node.test, scope, How.TESTED)
        guarded = scope.child(scope.tested(node.test))
        shapes = [self.shape(node.expr1, guarded, need)]
        if node.expr2 is None:
            return present(shapes[0])
        return any_of([*shapes, self.shape(node.expr2, guarded, need)])

    # names

    def _name(self, node: nodes.Name, scope: Scope, _need: Need) -> ShapeData:
        name = node.name
        self._findings.variable(name)
        for macro in scope.macros_of(name):
            # whoever gets it may call it
            self._call_macro(macro, [], {}, node.lineno, scope.guards)
        if name in scope.shapes:
            shape = scope.shapes[name]
            if NEVER in shape and scope.is_guarded(name):
                shape = present(shape)
            is_root = None in shape.get("at", {}).values()
            return self._placed(shape, node.lineno, name) if is_root else shape
        return ANYTHING if name in _GLOBALS else self._unknown(node, scope)

    def _unknown(self, node: nodes.Name, scope: Scope) -> ShapeData:
        line = node.lineno
        if node.name in self._known:
            message = not_handed_on(node.name)
            problem = self._findings.problem(line, message, node.name, HANDED_ON)
            self._findings.report(problem, is_sure=False)
            return ANYTHING
        if node.name in REFUSED_GLOBALS:
            message = f"{quoted(node.name)} is not available"
            help: str | None = REFUSED_GLOBALS[node.name]
        else:
            message = f"{quoted(node.name)} is never defined"
            help = did_you_mean(node.name, scope.shapes)
        problem = self._findings.problem(line, message, node.name, help)
        return self._never(ANYTHING, node.name, problem, scope)

    def imported(
        self, node: nodes.Getattr | nodes.FromImport, module: Scope, name: str, word: str
    ) -> ShapeData:
        """Return the shape of what a template has that was imported; `word` stands for it there."""
        if name in module.shapes:
            return module.shapes[name]
        near = did_you_mean(name, module.shapes)
        message = f"{quoted(name)} is not in the template that is imported"
        problem = self._findings.problem(node.lineno, message, word, near)
        if near is not None:
            self._findings.report(problem)
        return ANYTHING if near is not None else absent(ANYTHING, name, problem)

    def _never(self, shape: ShapeData, path: str, problem: Problem, scope: Scope) -> ShapeData:
        """Report a name that is almost a known one; of others, say what to report on their use."""
        if problem.help is not None:
            self._findings.report(problem)
            return shape
        if self._lenient or scope.is_guarded(path):
            return shape
        return absent(shape, path, problem)

    def _placed(self, shape: ShapeData, line: int, word: str) -> ShapeData:
        if "at" not in shape:
            return shape
        return {**shape, "at": dict.fromkeys(shape["at"], self._findings.place(line, word))}

    def _lookup(self, node: Lookup, scope: Scope, need: Need) -> ShapeData:
        macro = scope.macro(node)
        if macro is not None:
            self._call_macro(macro, [], {}, node.lineno, scope.guards)
            return ANYTHING
        if isinstance(node, nodes.Getattr) and (module := scope.module(node.node)) is not None:
            return self.imported(node, module, node.attr, f".{node.attr}")
        wanted = Need.TESTED if need is Need.TESTED else Need.NOW
        return self._looked_up(node, self.shape(node.node, scope, wanted), scope)

    def _looked_up(self, node: Lookup, owner: ShapeData, scope: Scope) -> ShapeData:
        if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
            self.use(node.arg, scope, How.READ)
            is_slice = isinstance(node.arg, nodes.Slice) and owner["is"] in ("list", "text")
            return owner if is_slice else _item(owner)
        name = node.attr if isinstance(node, nodes.Getattr) else node.arg.value  # type: ignore[attr-defined]
        if not isinstance(name, str):
            return _item(owner)
        if owner["is"] == "mapping":
            found = self._key(node, owner, name, scope)
            return self._placed(found, node.lineno, f".{name}")
        if owner["is"] == "anything":
            return self._placed(key(owner, name), node.lineno, f".{name}")
        methods = {"text": str, "list": list}.get(owner["is"])
        if methods is not None and not hasattr(methods, name):
            self._report_attribute(node, owner, name)
        return derived(ANYTHING, owner)

    def _key(self, node: nodes.Expr, owner: ShapeData, name: str, scope: Scope) -> ShapeData:
        if name in owner["keys"]:
            return key(owner, name)
        if hasattr(dict, name):
            return derived(ANYTHING, owner)
        path = dotted(node) or name
        near = did_you_mean(name, owner["keys"])
        owner_path = path.rpartition(".")[0]
        if near and owner_path:
            near = near.replace("`", f"`{owner_path}.", 1)
        message = f"{quoted(path)} can never be there: {_where(path)}"
        problem = self._findings.problem(node.lineno, message, f".{name}", near)
        return self._never(key(owner, name), path, problem, scope)

    def _report_attribute(self, node: nodes.Expr, owner: ShapeData, name: str) -> None:
        path = dotted(node)
        whole = quoted(path.rpartition(".")[0]) if path else "this"
        if owner["is"] == "list":
            message = f"{whole} is a list, and has no {quoted(name)}"
            help: str | None = "loop over it, or take one item: `| first`"
        else:
            message = f"{whole} is text, and has no {quoted(name)}"
            help = did_you_mean(name, [each for each in dir(str) if not each.startswith("_")])
        self._findings.report(self._findings.problem(node.lineno, message, f".{name}", help))

    # filters

    def _filter(self, node: nodes.Filter, scope: Scope, need: Need) -> ShapeData:
        is_default = node.name in _DEFAULTS
        wanted = Need.TESTED if is_default or need is Need.TESTED else Need.NOW
        shape = ANYTHING if node.node is None else self.shape(node.node, scope, wanted)
        arguments = self._arguments(node, scope, wanted)
        if is_default:
            default = next((shown(each) for each in _given(node)), "''")
            self._findings.use(shape, How.DEFAULTED, default=default)
            is_empty = not node.args or _is_empty(node.args[0])
            return shape if is_empty else any_of([shape, *arguments[:1]])
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
        may_be_absent = node.name in _CHOOSING or any(each.key == "default" for each in node.kwargs)
        for name in attribute.split("."):
            if one["is"] != "mapping":
                return
            if name not in one["keys"]:
                near = did_you_mean(name, one["keys"])
                message = f"no item can have {quoted(name)}: it is not in the project schema"
                if near or not (may_be_absent or self._lenient):
                    problem = self._findings.problem(node.lineno, message, attribute, near)
                    self._findings.report(problem, is_sure=near is not None)
                return
            one = key(one, name)

    def _arguments(
        self, node: nodes.Filter | nodes.Call, scope: Scope, need: Need
    ) -> list[ShapeData]:
        """Return the shapes of all arguments: first those by place, then those by name."""
        return [self.shape(each, scope, need) for each in _given(node)]

    # calls

    def _call(self, node: nodes.Call, scope: Scope, _need: Need) -> ShapeData:
        macro = scope.macro(node.node)
        if macro is not None:
            self._call_known(macro, node, self._arguments(node, scope, Need.LATER), scope)
            return TEXT
        if isinstance(node.node, nodes.Getattr) and scope.module(node.node.node) is None:
            return self._method(node, node.node, scope)
        called = self.shape(node.node, scope)
        return derived(ANYTHING, called, *self._arguments(node, scope, Need.LATER))

    def _method(self, node: nodes.Call, callee: nodes.Getattr, scope: Scope) -> ShapeData:
        owner = self.shape(callee.node, scope)
        arguments = self._arguments(node, scope, Need.NOW if owner["is"] == "text" else Need.LATER)
        if owner["is"] == "mapping" and callee.attr in owner["keys"]:
            return derived(ANYTHING, owner, *arguments)
        self._looked_up(callee, owner, scope)
        for argument in arguments:
            self._findings.use(argument, How.READ, whole=True)
        wanted = key_of_get(node)
        if wanted is not None and owner["is"] == "mapping":
            others = arguments[1:] if not _is_empty(node.args[-1]) else []
            return any_of([present(self._key(node, owner, wanted, scope)), *others])
        return call_method(owner, callee.attr)

    def _call_known(
        self, macro: Macro, node: nodes.Call, arguments: list[ShapeData], scope: Scope
    ) -> None:
        count = len(node.args)
        spread = arguments[count + len(node.kwargs) :]
        named = dict(zip((each.key for each in node.kwargs), arguments[count:], strict=False))
        parameters = {each.name for each in macro.node.args}
        extra = [shape for name, shape in named.items() if name not in parameters]
        for shape in (*spread, *extra, *arguments[len(macro.node.args) : count]):
            self._findings.use(shape, How.READ, whole=True)
        placed = [] if spread else arguments[:count]
        self._call_macro(macro, placed, named, node.lineno, scope.guards)

    _SHAPES: dict[type, Callable[..., ShapeData]] = {  # noqa: RUF012 - never changed
        nodes.Add: _add,
        nodes.And: _and,
        nodes.Call: _call,
        nodes.Compare: _compare,
        nodes.Concat: _text,
        nodes.CondExpr: _condexpr,
        nodes.Const: _const,
        nodes.Dict: _dict,
        nodes.Filter: _filter,
        nodes.Getattr: _lookup,
        nodes.Getitem: _lookup,
        nodes.List: _list,
        nodes.Name: _name,
        nodes.Not: _not,
        nodes.Or: _and,
        nodes.TemplateData: _text,
        nodes.Test: _test,
        nodes.Tuple: _tuple,
    }


def _given(node: nodes.Filter | nodes.Call) -> Sequence[nodes.Expr]:
    named = [each.value for each in node.kwargs]
    return [*node.args, *named, *filter(None, (node.dyn_args, node.dyn_kwargs))]


def _is_empty(node: nodes.Node) -> bool:
    """Say whether a default is a list or mapping with nothing in it: it has no shape to add."""
    return isinstance(node, (nodes.List, nodes.Tuple, nodes.Dict)) and not node.items


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
