"""Expressions as dotted paths: `schema.project.name`."""

from collections.abc import Iterator

from jinja2 import nodes


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
    return None


def dotted_paths(node: nodes.Node) -> Iterator[str]:
    """Yield every dotted path in an expression, whole."""
    if (path := dotted(node)) is not None:
        yield path
        return
    for child in node.iter_child_nodes():
        yield from dotted_paths(child)


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
