"""What a template knows at a place: its variables, its macros, and what was tested around it."""

from collections.abc import Mapping
from types import MappingProxyType

from jinja2 import nodes

from agentgen.environment.dotted import ANY_KEY, dotted_paths
from agentgen.frozen import Frozen, field
from agentgen.shapes import ShapeData

_NO_SHAPES: Mapping[str, ShapeData] = MappingProxyType({})
_NO_GUARDS: frozenset[str] = frozenset()


class Scope(Frozen):
    """The variables that are known at a place, and the paths that were tested around it.

    `modules` are the templates that were imported by a name, each with what it has; `about` are the
    paths that the value of a variable tells something of: after `{% set has = x.y is defined %}`,
    whoever tests `has` has tested `x.y`.
    """

    shapes: dict[str, ShapeData]
    macros: dict[str, "Macro"] = field(default_factory=dict)
    modules: dict[str, "Scope"] = field(default_factory=dict)
    about: dict[str, frozenset[str]] = field(default_factory=dict)
    guards: frozenset[str] = _NO_GUARDS

    def child(
        self,
        guards: frozenset[str] = _NO_GUARDS,
        shapes: Mapping[str, ShapeData] = _NO_SHAPES,
    ) -> "Scope":
        """Return the scope of a block: it sees what this one has, and keeps what it sets."""
        return Scope(
            {**self.shapes, **shapes},
            self.macros.copy(),
            self.modules.copy(),
            self.about.copy(),
            self.guards | guards,
        )

    def bind(self, name: str, shape: ShapeData) -> None:
        """Let a name stand for a value of a shape, and no longer for a macro or a module."""
        self.shapes[name] = shape
        self.macros.pop(name, None)
        self.modules.pop(name, None)
        self.about.pop(name, None)

    def tested(self, node: nodes.Node) -> frozenset[str]:
        """Return the paths that may be read where a condition was looked at."""
        paths = set(dotted_paths(node))
        for path in paths & self.about.keys():
            paths |= self.about[path]
        return frozenset(paths)

    def is_guarded(self, path: str) -> bool:
        """Say whether a path, or one below it, was tested around this place."""
        any_beside, below = f"{path.rpartition('.')[0]}.{ANY_KEY}", f"{path}."
        return any(each in (path, any_beside) or each.startswith(below) for each in self.guards)

    def macro(self, callee: nodes.Node) -> "Macro | None":
        """Return the macro that is called by `name(…)`, or by `module.name(…)`."""
        if isinstance(callee, nodes.Name):
            return self.macros.get(callee.name)
        if isinstance(callee, nodes.Getattr):
            module = self.module(callee.node)
            return None if module is None else module.macros.get(callee.attr)
        return None

    def module(self, node: nodes.Node) -> "Scope | None":
        """Return what the template has that an expression is the name of, if one was imported."""
        return self.modules.get(node.name) if isinstance(node, nodes.Name) else None

    def macros_of(self, name: str) -> "list[Macro]":
        """Return the macros that a name leads to, as one of them or as a module."""
        own = self.macros.get(name)
        if own is not None:
            return [own]
        module = self.modules.get(name)
        return list(module.macros.values()) if module is not None else []


class Macro(Frozen):
    """A macro, the name of the template that it stands in, and what it knows there."""

    node: nodes.Macro
    template: str
    scope: Scope
