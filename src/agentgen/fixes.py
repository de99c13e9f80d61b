"""What `lint --fix` does: the edits that findings carry, made until none is left.

A file that is mended can show what was hidden before: YAML that can be read has values to look at.
So the project is looked at again, with the new texts in the place of its files, and nothing is on
disk before the last look.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from agentgen.diagnostics import Diagnostic, fail
from agentgen.frozen import Frozen, replace
from agentgen.loader import Loaded
from agentgen.paths import real_path
from agentgen.rewriter import RULE, Rewrite
from agentgen.source import decode
from agentgen.source.edits import Chosen, edited_bytes
from agentgen.source.text import LARGEST_FILE, read_bytes

MOST_ROUNDS = 20
"""Looks at the project; each but the last mends something that the one before has shown."""

Texts = Mapping[Path, bytes]
"""What to read in the place of files, by their real paths."""

Look = Callable[[Texts], tuple[Loaded, tuple[Diagnostic, ...]]]
"""Loads and checks a project with other texts in the place of some of its files."""


class Fixed(Frozen):
    """The files with their new bytes, what is mended in them, and what is left to report."""

    files: tuple[Rewrite, ...] = ()
    mended: tuple[Diagnostic, ...] = ()
    left: tuple[Diagnostic, ...] = ()


def fix(look: Look) -> Fixed:
    """Mend what `look` finds and has edits for; write nothing.

    Raises `AgentgenError` for a file that has changed between two looks at it.
    """
    files: dict[str, Rewrite] = {}
    mended: list[Diagnostic] = []
    loaded, found = look({})
    for _ in range(MOST_ROUNDS):
        done = _mend(loaded, found, files)
        if not done:
            break
        mended += done
        loaded, found = look({real_path(each.path): each.after for each in files.values()})
    changed = (each for _, each in sorted(files.items()) if each.after != each.before)
    return Fixed(tuple(changed), tuple(mended), found)


def _mend(
    loaded: Loaded, found: Iterable[Diagnostic], files: dict[str, Rewrite]
) -> list[Diagnostic]:
    """Make the edits that do not get in each other's way; return whose they were."""
    of_file: defaultdict[str, list[Diagnostic]] = defaultdict(list)
    for each in found:
        if each.edits and each.location is not None:
            of_file[each.location.path].append(each)
    mended: list[Diagnostic] = []
    for shown, listed in of_file.items():
        if shown not in files:
            data = read_bytes(loaded.own[shown], shown, LARGEST_FILE, follow_link=False)
            files[shown] = Rewrite(loaded.own[shown], shown, data, data)
        chosen = Chosen()
        _require_unchanged(files[shown], listed)
        mended += [each for each in listed if chosen.add(each.edits)]
        after = edited_bytes(files[shown].after, chosen.edits)
        files[shown] = replace(files[shown], after=after)
    return mended


def _require_unchanged(file: Rewrite, found: Iterable[Diagnostic]) -> None:
    text = decode(file.after, file.shown).source.text
    for each in found:
        if each.location is not None and each.location.source.text != text:
            place = each.location.source.whole()
            raise fail(RULE, "this file has changed while it was checked", place)
