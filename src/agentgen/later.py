"""Modules that others import and a run may never use: they load when they are used.

click imports `inspect` for the texts of its help, and Jinja2 for what is asynchronous; `pathlib`
gets `ipaddress` by way of `urllib.parse`: together they are a tenth of what a short run loads.
`importlib.util.LazyLoader` would do, if the `import` statement did not itself look into what it
finds (at `__spec__`, in `import_ensure_initialized` of Python's `import.c`), which is a use to that
one.

A worker can open no file once it has a job. What it may need then is read before, and only run
when it is used.

PyYAML compiles patterns for a parser and a resolver of its own, where libyaml does the work: three
quarters of what its import costs, and a fifth of a short run.
"""

import marshal
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import MAGIC_NUMBER, find_spec, module_from_spec
from types import CodeType, ModuleType

from agentgen.patterns import pattern

IN_COMMANDS = ("inspect", "ipaddress")

NEVER_IN_WORKERS = ("hashlib", "ipaddress", "random", "tempfile")
"""What Jinja2 imports, for what no worker does: it opens no file, and leaves nothing to chance."""

HELD_IN_WORKERS = (
    *("difflib", "html", "html.entities", "textwrap", "encodings.idna", "stringprep"),
    *("ast", "inspect", "dis", "urllib.parse"),
    *("traceback", "linecache", "tokenize", "token"),
)
"""What filters and failures use, of Python's own, with what that imports itself."""

HOLDS = sys.version_info < (3, 13)
"""Whether these are all that they import; later Pythons have others, and load them at once."""

_STAND_INS = {
    "ast": ("literal_eval",),
    "hashlib": ("sha1",),
    "inspect": ("getattr_static",),
    "random": ("choice", "randrange"),
    "urllib.parse": ("quote_from_bytes",),
}
"""Functions that others import by their names, and call rarely."""

_held: dict[str, bytes | CodeType] = {}
_is_ours = False


class _Later(ModuleType):
    """A module that knows of itself only what is known without loading it."""

    def __getattr__(self, name: str) -> object:
        if name == "__path__":  # `from … import` asks; a package would have it
            raise AttributeError(name)
        _load(self)
        return getattr(self, name)


def begin_command() -> None:
    """Load late what a command rarely needs: this process does nothing but run one of ours."""
    global _is_ours  # noqa: PLW0603 - it is about the process
    _is_ours = True
    load_later(IN_COMMANDS)


@contextmanager
def begin_worker() -> Iterator[None]:
    """Load late what jobs rarely need, and read now what they may need, while a worker loads."""
    global _is_ours  # noqa: PLW0603 - it is about the process
    _is_ours = True
    import heapq  # noqa: F401 - these have libraries of machine code, which only loading opens
    import opcode  # noqa: F401
    import unicodedata  # noqa: F401

    load_later(NEVER_IN_WORKERS)
    if HOLDS:
        load_later(HELD_IN_WORKERS, hold=True)
    else:
        for name in HELD_IN_WORKERS:
            import_module(name)
    with patterns_compiled_late():
        yield


def load_later(names: Iterable[str], *, hold: bool = False) -> None:
    """Let modules load at the first use of anything in them, and no sooner.

    With `hold` their code is read now, and no file is opened then. What they import themselves has
    to be there, or among `names`.
    """
    for name in names:
        if name in sys.modules or (spec := find_spec(name)) is None:
            continue
        if hold and (code := _compiled(spec) or _code(spec)) is not None:
            _held[name] = code
        module = module_from_spec(spec)
        for function in _STAND_INS.get(name, ()):
            setattr(module, function, _stand_in(module, function))
        module.__class__ = _Later
        sys.modules[name] = module
        above, _, last = name.rpartition(".")
        if above:
            setattr(sys.modules[above], last, module)


@contextmanager
def patterns_compiled_late() -> Iterator[None]:
    """Let what is imported meanwhile compile its patterns when it uses them.

    In a process that does not only run a command of ours nothing happens: others may be compiling
    theirs.
    """
    if not _is_ours:
        yield
        return
    compile_now = re.compile
    re.compile = pattern  # type: ignore[assignment]
    try:
        yield
    finally:
        re.compile = compile_now


def _load(module: ModuleType) -> None:
    module.__class__ = ModuleType
    spec = module.__spec__
    assert spec is not None  # noqa: S101 - it is made from one
    assert spec.loader is not None  # noqa: S101
    if (code := _held.pop(spec.name, None)) is not None:
        code = code if isinstance(code, CodeType) else marshal.loads(code)  # noqa: S302 - Python's
        exec(code, module.__dict__)  # noqa: S102 - as its loader would
    else:
        spec.loader.exec_module(module)


def _stand_in(module: ModuleType, name: str) -> Callable[..., object]:
    """Return what calls a function of a module that is loaded then."""

    def call(*arguments: object, **named: object) -> object:
        if type(module) is _Later:
            _load(module)
        result: object = getattr(module, name)(*arguments, **named)
        return result

    return call


def _compiled(spec: ModuleSpec) -> bytes | None:
    """Return the code of a module as Python has kept it, if that is of the source as it stands.

    The form is that of PEP 552. A tenth of the work is to read it, and the rest to make objects.
    """
    try:
        source = os.stat(str(spec.origin))  # noqa: PTH116 - `pathlib` is not loaded in a worker
        with open(str(spec.cached), "rb") as file:  # noqa: PTH123
            kept = file.read()
    except OSError:
        return None
    words = (0, int(source.st_mtime), source.st_size)
    head = MAGIC_NUMBER + b"".join((each & 0xFFFF_FFFF).to_bytes(4, "little") for each in words)
    return kept[len(head) :] if kept.startswith(head) else None


def _code(spec: ModuleSpec) -> CodeType | None:
    code: CodeType | None = getattr(spec.loader, "get_code", lambda _name: None)(spec.name)
    return code
