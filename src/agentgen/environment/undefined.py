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


def _keep_lookup(self: Undefined, owner: Any, name: Any, exception: Any) -> None:
    """Let the error carry what was looked up, where Jinja2 keeps only a sentence."""
    if exception is UndefinedError:
        self._undefined_exception = partial(UndefinedValue, owner=owner, name=name)  # type: ignore[assignment]


class Guarded(Undefined):
    """May be tested, compared and looped over; printing it or reading through it is an error."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: Any = None,
        exc: Any = UndefinedError,
    ) -> None:
        super().__init__(hint, obj, name, exc)
        _keep_lookup(self, obj, name, exc)

    __str__ = Undefined._fail_with_undefined_error  # noqa: SLF001
    # A list that is printed shows its items' repr, and must not print `Undefined`.
    __repr__ = Undefined._fail_with_undefined_error  # noqa: SLF001


class Strict(StrictUndefined):
    """May only be asked for with `is defined` and `default(…)`."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: Any = None,
        exc: Any = UndefinedError,
    ) -> None:
        super().__init__(hint, obj, name, exc)
        _keep_lookup(self, obj, name, exc)

    __repr__ = Undefined._fail_with_undefined_error  # noqa: SLF001


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
