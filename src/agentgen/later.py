"""Modules of Python's own that others import and a run may never use: they load when they are used.

click imports `inspect` for the texts of its help, and `pathlib` gets `ipaddress` by way of
`urllib.parse`: together they are a tenth of what a short run loads. `importlib.util.LazyLoader`
would do, if the `import` statement did not itself look into what it finds (at `__spec__`, in
`import_ensure_initialized` of Python's `import.c`), which is a use to that one.
"""

import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType

LATER = ("inspect", "ipaddress")


class _Later(ModuleType):
    """A module that knows of itself only what is known without loading it."""

    def __getattr__(self, name: str) -> object:
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec = self.__spec__
        assert spec is not None  # noqa: S101 - it is made from one
        assert spec.loader is not None  # noqa: S101
        spec.loader.exec_module(self)
        return getattr(self, name)


def load_later() -> None:
    """Let the modules of `LATER` load at the first use of anything in them, and no sooner."""
    for name in LATER:
        if name not in sys.modules and (spec := find_spec(name)) is not None:
            module = module_from_spec(spec)
            module.__class__ = _Later
            sys.modules[name] = module
