"""What a template may do with a value that is not there, in each of the three modes."""

from functools import partial
from typing import Any

from jinja2 import ChainableUndefined, StrictUndefined, Undefined, UndefinedError
from jinja2.utils import missing

from agentgen import modes


class UndefinedValue(UndefinedError):
    """A value that is not there was used: `name` was looked up in `owner` (`missing`: nowhere)."""

    def __init__(self, message: str | None = None, owner: Any = missing, name: Any = None) -> None:
        super().__init__(message)
        self.owner = owner
        self.name = name


class _Remembering(Undefined):
    """Lets the error carry what was looked up, where Jinja2 keeps only a sentence."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: Any = None,
        exc: Any = UndefinedError,
    ) -> None:
        super().__init__(hint, obj, name, exc)
        if exc is UndefinedError:
            self._undefined_exception = partial(UndefinedValue, owner=obj, name=name)  # type: ignore[assignment]

    # A list that is printed shows its items' repr, and must not print `Undefined`.
    __repr__ = Undefined._fail_with_undefined_error  # noqa: SLF001


class Guarded(_Remembering):
    """May be tested, compared and looped over; printing it or reading through it is an error."""

    __slots__ = ()

    __str__ = Undefined._fail_with_undefined_error  # noqa: SLF001


class Strict(_Remembering, StrictUndefined):
    """May only be asked for with `is defined` and `default(…)`."""

    __slots__ = ()


class Lenient(ChainableUndefined):
    """Prints as nothing, and so does anything below it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return ""


UNDEFINED: dict[modes.Undefined, type[Undefined]] = {
    modes.Undefined.GUARDED: Guarded,
    modes.Undefined.STRICT: Strict,
    modes.Undefined.LENIENT: Lenient,
}
