"""Frozen values: what `@dataclass(frozen=True, slots=True)` makes, at a seventh of its price.

A class that derives from `Frozen` has the constructor, comparison, hash and `repr` of such a
dataclass, and type checkers know it as one. A dataclass writes and compiles functions for each
class, and makes the class twice: half a millisecond, for each of a hundred classes that a run
defines. Here all values share their methods, and a class costs no more than an empty one.

What is left out, because no value needs it: fields in subclasses of values, and functions that run
after the constructor. A value that caches a property says `__slots__ = ("__dict__",)`.
"""

import sys
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

if TYPE_CHECKING:  # type checkers know all about these two
    from dataclasses import field as field  # noqa: PLC0414
    from dataclasses import replace as replace  # noqa: PLC0414
else:

    def field(*, default: Any = ..., default_factory: Any = ..., repr: bool = True) -> Any:  # noqa: A002
        """Describe a field: its default, what makes one, and whether `repr` shows it."""
        return _Field(default if default_factory is ... else _Made(default_factory), shown=repr)

    def replace(value: "Frozen", /, **changes: Any) -> "Frozen":
        """Return a value like this one, but for the changes."""
        kind = type(value)
        names = kind.__match_args__
        if not changes.keys() <= set(names):
            raise TypeError(f"`{kind.__name__}` has no {', '.join(changes.keys() - set(names))}")
        return kind(*[changes[name] if name in changes else getattr(value, name) for name in names])


class _Made:
    """Stands for a default that is made anew for each value."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


class _Field:
    """What stands behind a field's name in a class; without a default, that is `...`."""

    __slots__ = ("default", "shown")

    def __init__(self, default: object, *, shown: bool = True) -> None:
        self.default = default
        self.shown = shown


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class _Kind(type):
    """The type of the classes of values: it finds their fields."""

    __match_args__: tuple[str, ...]
    _defaults: tuple[object, ...]

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> "_Kind":
        if not bases:
            return super().__new__(cls, name, bases, {**namespace, "__slots__": ()})
        names = tuple(_annotations(namespace))
        found = [namespace.pop(each, ...) for each in names]
        fields = [each if isinstance(each, _Field) else _Field(each) for each in found]
        namespace["__slots__"] = (*names, *namespace.get("__slots__", ()))
        namespace["__match_args__"] = names
        namespace["_defaults"] = tuple([each.default for each in fields])
        namespace["_hidden"] = [
            name for name, each in zip(names, fields, strict=True) if not each.shown
        ]
        namespace["_contents"] = attrgetter(*names) if names else staticmethod(_nothing)
        kind = super().__new__(cls, name, bases, namespace)
        type.__setattr__(kind, "_setters", [getattr(kind, each).__set__ for each in names])
        return kind

    def complete(cls, values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """Return what is given for each field, in their order, and defaults for the rest."""
        names = cls.__match_args__
        if len(values) > len(names):
            raise TypeError(f"`{cls.__name__}` has {len(names)} fields, and got {len(values)}")
        completed = [*values, *cls._defaults[len(values) :]]
        for name, value in named.items():
            if name not in names or names.index(name) < len(values):
                raise TypeError(f"`{cls.__name__}` takes no `{name}` here")
            completed[names.index(name)] = value
        for at in range(len(values), len(names)):
            if completed[at] is ...:
                raise TypeError(f"`{cls.__name__}` lacks its `{names[at]}`")
            if type(completed[at]) is _Made:
                completed[at] = completed[at].make()
        return tuple(completed)


class Frozen(metaclass=_Kind):
    """A value: what its class annotates are its fields, and nothing sets them anew."""

    _setters: ClassVar[list[Callable[[object, object], None]]]
    _contents: ClassVar["attrgetter[Any]"]
    _hidden: ClassVar[list[str]]

    def __init__(self, *values: Any, **named: Any) -> None:
        setters = self._setters
        if named or len(values) != len(setters):
            values = type(self).complete(values, named)
        for set_field, value in zip(setters, values, strict=True):
            set_field(self, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"`{name}` of a `{type(self).__name__}` cannot be set: it is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"`{name}` of a `{type(self).__name__}` cannot go: it is frozen")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self._contents(self) == other._contents(other))

    def __hash__(self) -> int:
        return hash(self._contents(self))

    def __repr__(self) -> str:
        names = [name for name in type(self).__match_args__ if name not in self._hidden]
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({shown})"


def asdict(value: Frozen) -> dict[str, Any]:
    """Return the fields of a value as a dictionary, and values in its tuples and lists as such.

    What lies in its dictionaries is plain data already, and shared with it.
    """
    return {name: _plain(getattr(value, name)) for name in type(value).__match_args__}


def _plain(value: Any) -> Any:
    if isinstance(value, Frozen):
        return asdict(value)
    if type(value) in (tuple, list):
        return type(value)(map(_plain, value))
    return value


def _annotations(namespace: dict[str, Any]) -> dict[str, Any]:
    if sys.version_info >= (3, 14):  # where a function gives them
        import annotationlib

        annotate = annotationlib.get_annotate_from_class_namespace(namespace)
        if annotate is not None:
            return annotationlib.call_annotate_function(annotate, annotationlib.Format.FORWARDREF)
    found: dict[str, Any] = namespace.get("__annotations__", {})
    return found


def _nothing(_value: object) -> tuple[()]:
    return ()
