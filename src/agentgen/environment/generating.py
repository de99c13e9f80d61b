"""Jinja2's code generator, told beforehand what lies below each node of a template.

It looks through a template again and again: for names, for filters, for blocks, in each loop and in
all that stands around it. A node of a usual template is asked fifteen times what lies below it, and
answering was half of the time that generating its code took. Here each node is given its answers
before code is generated, and loses them afterwards. The code is the same.
"""

from collections.abc import Callable, Container, Iterator

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame

_SOUGHT_BY_NOBODY = (nodes.TemplateData, nodes.Const)
"""Kinds that no search is for. Their code comes from the lists that they stand in."""

_SEARCHED = (nodes.Template, nodes.For, nodes.Assign)
"""Kinds whose `find_all` is asked for."""


class Generator(CodeGenerator):
    """A `jinja2.compiler.CodeGenerator` that searches quickly."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Generate the code of a template."""
        told: list[nodes.Node] = []
        try:
            _tell(node, told)
            super().visit_Template(node, frame)
        finally:
            for each in told:
                answers = vars(each)
                answers.pop("iter_child_nodes", None)
                answers.pop("find_all", None)


def _tell(node: nodes.Node, told: list[nodes.Node]) -> None:
    """Give a node and those below it their answers, and add them to `told`, in Jinja2's order."""
    place = len(told)
    told.append(node)
    answers = vars(node)
    children: list[nodes.Node] = []
    for name in node.fields:
        found = answers.get(name)
        for each in found if type(found) is list else (found,):
            if isinstance(each, nodes.Node) and not isinstance(each, _SOUGHT_BY_NOBODY):
                children.append(each)
                _tell(each, told)
    if isinstance(node, nodes.For):
        answers["iter_child_nodes"] = _children_of_loop(node, children)
    elif not isinstance(node, nodes.CallBlock):  # it is asked for some of them only
        answers["iter_child_nodes"] = children.__iter__
    if isinstance(node, _SEARCHED):
        answers["find_all"] = _finder(told[place + 1 :])


def _children_of_loop(
    loop: nodes.For, children: list[nodes.Node]
) -> Callable[..., Iterator[nodes.Node]]:
    def iter_child_nodes(
        exclude: Container[str] | None = None, only: Container[str] | None = None
    ) -> Iterator[nodes.Node]:
        if exclude is None and only is None:
            return iter(children)
        return nodes.For.iter_child_nodes(loop, exclude, only)

    return iter_child_nodes


def _finder(below: list[nodes.Node]) -> Callable[[type[nodes.Node]], list[nodes.Node]]:
    return lambda kind: [node for node in below if isinstance(node, kind)]
