"""The rule that says what rendered files depend on, as Make and Ninja read it from a file.

The form is that of `gcc -MD -MP`: the rule, and an empty one for every file, so that one that is
gone is no error but a reason to render again. Make's own escapes:
https://www.gnu.org/software/make/manual/html_node/Rule-Syntax.html
"""

from collections.abc import Iterable

from agentgen.diagnostics import AgentgenError, Diagnostic
from agentgen.patterns import pattern
from agentgen.wording import quoted

# What Make takes for an operator, and has no escape for.
_UNSPEAKABLE = frozenset("\\;|=<>")
_GROUPED_OR_ARCHIVED = pattern(r"&$|.\(.*\)$")
_ESCAPED = {**{mark: f"\\{mark}" for mark in " #:[]*?"}, "$": "$$"}


def as_depfile(targets: Iterable[str], prerequisites: Iterable[str]) -> str:
    """Return a makefile with a rule by which each target depends on every prerequisite.

    Raises `AgentgenError` for a path that no makefile can name.
    """
    wanted = list(dict.fromkeys(targets))
    needed = list(dict.fromkeys(prerequisites))
    if problems := list(map(_unspeakable, filter(_is_unspeakable, (*wanted, *needed)))):
        raise AgentgenError(problems)
    rule = f"{_lines(map(_as_target, wanted))}: \\\n  {_lines(map(_escaped, needed))}\n"
    empty = [f"\n{_as_target(path)}:\n" for path in needed if path not in wanted]
    return "".join([rule, *empty])


def _lines(words: Iterable[str]) -> str:
    return " \\\n  ".join(words)


def _is_unspeakable(path: str) -> bool:
    has_operator = not _UNSPEAKABLE.isdisjoint(path) or _GROUPED_OR_ARCHIVED.search(path)
    return not path.isprintable() or bool(has_operator)


def _unspeakable(path: str) -> Diagnostic:
    message = f"no makefile can name {quoted(path)}"
    marks = " ".join(sorted(_UNSPEAKABLE))
    help = f"a name for Make has none of `{marks}`, and ends in neither `&` nor `(…)`"
    return Diagnostic("invalid-option", message, help=help)


def _escaped(path: str) -> str:
    escaped = "".join(_ESCAPED.get(character, character) for character in path)
    return f"./{escaped}" if escaped.startswith("~") else escaped


def _as_target(path: str) -> str:
    """Return a path where Make would take a percent sign for a pattern."""
    return _escaped(path).replace("%", "\\%")
