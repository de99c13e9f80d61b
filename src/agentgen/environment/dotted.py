"""Expressions as dotted paths: `schema.project.name`."""

from collections.abc import Iterator

from jinja2 import nodes

ANY_KEY = "*"
"""Stands for every key, in a path that a condition is about."""


def dotted(node: nodes.Node) -> str | None:
    """Return an expression as a dotted path, if it is one."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        owner = dotted(node.node)
        return owner and f"{owner}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        owner = dotted(node.node)
        if isinstance(node.arg.value, str):
            return owner and f"{owner}.{node.arg.value}"
        return owner and f"{owner}[{node.arg.value}]"
    if isinstance(node, nodes.Call) and (key := key_of_get(node)) is not None:
        owner = dotted(node.node.node)  # type: ignore[attr-defined]
        return owner and f"{owner}.{key}"
    return None


def key_of_get(node: nodes.Call) -> str | None:
    """Return the key that a call of `get` looks up, if it is one with a constant."""
    is_get = isinstance(node.node, nodes.Getattr) and node.node.attr == "get"
    if not is_get or not node.args or not isinstance(node.args[0], nodes.Const):
        return None
    return node.args[0].value if isinstance(node.args[0].value, str) else None


def dotted_paths(node: nodes.Node) -> Iterator[str]:
    """Yield every dotted path that a condition is about, whole; of `key in owner`, the key's."""
    if (path := dotted(node)) is not None:
        yield path
        return
    if isinstance(node, nodes.Compare):
        yield from _looked_for(node)
    for child in node.iter_child_nodes():
        yield from dotted_paths(child)


def _looked_for(node: nodes.Compare) -> Iterator[str]:
    key = node.expr.value if isinstance(node.expr, nodes.Const) else ANY_KEY
    for operand in node.ops:
        owner = dotted(operand.expr)
        if owner is not None and operand.op in ("in", "notin"):
            yield f"{owner}.{key}"


def attribute_argument(node: nodes.Filter) -> str | None:
    """Return the constant attribute that a filter looks up in each item."""
    if node.name in ("selectattr", "rejectattr", "groupby") and node.args:
        first = node.args[0]
        is_name = isinstance(first, nodes.Const) and isinstance(first.value, str)
        return str(first.value) if is_name else None  # type: ignore[attr-defined]
    for keyword in node.kwargs:
        if keyword.key == "attribute" and isinstance(keyword.value, nodes.Const):
            return keyword.value.value if isinstance(keyword.value.value, str) else None
    return None


def shown(node: nodes.Expr) -> str:
    """Return an expression as a template has it, as far as it is a constant or a path."""
    if isinstance(node, nodes.Const):
        return repr(node.value)
    if isinstance(node, (nodes.List, nodes.Tuple)) and not node.items:
        return "[]"
    return dotted(node) or "…"
