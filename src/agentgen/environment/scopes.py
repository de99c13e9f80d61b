"""What a template knows at a place: its variables, its macros, and what was tested around it."""

from collections.abc import Mapping
from types import MappingProxyType

from jinja2 import nodes

from agentgen.frozen import Frozen, field
from agentgen.shapes import ShapeData


class Scope(Frozen):
    """The variables that are known at a place, and the paths that were tested around it.

    `modules` are the templates that were imported by a name, each with its macros.
    """

    shapes: dict[str, ShapeData]
    macros: dict[str, "Macro"] = field(default_factory=dict)
    modules: dict[str, "dict[str, Macro]"] = field(default_factory=dict)
    guards: frozenset[str] = frozenset()

    def child(
        self,
        guards: frozenset[str] = frozenset(),
        shapes: Mapping[str, ShapeData] = MappingProxyType({}),
    ) -> "Scope":
        """Return the scope of a block: it sees what this one has, and keeps what it sets."""
        return Scope(
            {**self.shapes, **shapes},
            dict(self.macros),
            dict(self.modules),
            self.guards | guards,
        )

    def bind(self, name: str, shape: ShapeData) -> None:
        """Let a name stand for a value of a shape, and no longer for a macro or a module."""
        self.shapes[name] = shape
        self.macros.pop(name, None)
        self.modules.pop(name, None)

    def macro(self, callee: nodes.Node) -> "Macro | None":
        """Return the macro that is called by `name(…)`, or by `module.name(…)`."""
        if isinstance(callee, nodes.Name):
            return self.macros.get(callee.name)
        if isinstance(callee, nodes.Getattr) and isinstance(callee.node, nodes.Name):
            return self.modules.get(callee.node.name, {}).get(callee.attr)
        return None

    def macros_of(self, name: str) -> "list[Macro]":
        """Return the macros that a name leads to, as one of them or as a module."""
        own = self.macros.get(name)
        return [own] if own else list(self.modules.get(name, {}).values())


class Macro(Frozen):
    """A macro, the name of the template that it stands in, and what it knows there."""

    node: nodes.Macro
    template: str
    scope: Scope
