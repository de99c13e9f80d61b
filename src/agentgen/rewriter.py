"""Sources that were mended reach the disk: all or none, each whole, none through a link.

A file that is no longer the one that was read is not written; whoever changed it wins.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from agentgen.diagnostics import AgentgenError, Diagnostic, Source
from agentgen.frozen import Frozen, field
from agentgen.source.text import LARGEST_FILE, read_bytes
from agentgen.staging import Staging

RULE = "unwritable-output"


class Rewrite(Frozen):
    """A source's path, also as messages show it, and its bytes before and after."""

    path: Path
    shown: str
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)


def rewrite(rewrites: Iterable[Rewrite]) -> None:
    """Give each file its new bytes; its permissions stay.

    Raises `AgentgenError` where a file has changed since it was read, is a link, or cannot be
    written; nothing is written then, unless the disk fails between two files.
    """
    planned = list(rewrites)
    if problems := [found for each in planned if (found := _obstacle(each)) is not None]:
        raise AgentgenError(problems)
    staging = Staging()
    renamed = 0
    try:
        staged = [staging.stage(each.path, each.after) for each in planned]
        staging.give_permissions()
        if problems := [found for each in planned if (found := _obstacle(each)) is not None]:
            raise AgentgenError(problems)  # staging takes its time on a slow disk
        for one in staged:
            staging.put_in_place(one)
            renamed += 1
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise AgentgenError([_refusal(planned[renamed], reason, renamed)]) from None
    finally:
        staging.clean_up()


def _obstacle(wanted: Rewrite) -> Diagnostic | None:
    try:
        if not stat.S_ISREG(wanted.path.lstat().st_mode):
            return _refusal(wanted, "it is not a regular file")
        if not os.access(wanted.path, os.W_OK):
            return _refusal(wanted, "it is read-only")
        if read_bytes(wanted.path, wanted.shown, LARGEST_FILE) != wanted.before:
            return _refusal(wanted, "it has changed since it was read")
    except OSError as error:
        return _refusal(wanted, (error.strerror or str(error)).lower())
    return None


def _refusal(wanted: Rewrite, reason: str, renamed: int = 0) -> Diagnostic:
    help = f"{renamed} files before it were" if renamed else "no file was changed"
    place = Source(wanted.shown, "").whole()
    return Diagnostic(RULE, f"this file cannot be fixed: {reason}", place, help=help)
