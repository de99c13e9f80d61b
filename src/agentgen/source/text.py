"""Bytes become text here, strictly, or a diagnostic says which byte stands in the way."""

import errno
import os
import stat
from pathlib import Path

from agentgen.diagnostics import BYTE_ORDER_MARK, Diagnostic, Edit, Severity, Source, fail
from agentgen.frozen import Frozen
from agentgen.keeping import Keep, in_memory

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes; more than fifty times the largest public agent file, and room for a large schema."""

_BOM = b"\xef\xbb\xbf"


class Read(Frozen):
    """A source, and what there is to say about how it was read."""

    source: Source
    diagnostics: tuple[Diagnostic, ...] = ()


def read_source(
    path: Path,
    shown: str,
    largest: int = LARGEST_FILE,
    *,
    follow_link: bool = True,
    keep: Keep = in_memory,
) -> Read:
    """Read one regular file as UTF-8 text.

    `shown` is the path as messages name it, `largest` is how many bytes it may have. Raises
    `AgentgenError` for a file that is missing, not regular, unreadable, larger, or not UTF-8.
    """
    return decode(read_bytes(path, shown, largest, follow_link=follow_link), shown, keep)


def mentions(path: Path, word: bytes, shown: str) -> bool:
    """Say whether a file that may be somebody else's, and no text, holds a word.

    Raises `AgentgenError` for a file that cannot be read.
    """
    return word in read_bytes(path, shown, LARGEST_FILE)


def read_bytes(path: Path, shown: str, largest: int, *, follow_link: bool = True) -> bytes:
    """Read one regular file, under the conditions of `read_source`."""
    place = Source(shown, "").whole()
    try:
        data = read_regular(path, largest, follow_link=follow_link)
    except FileNotFoundError:
        raise fail("missing-file", "there is no such file", place) from None
    except OSError as error:
        is_link = error.errno == errno.ELOOP and not follow_link
        reason = "it is a link" if is_link else (error.strerror or str(error)).lower()
        raise fail("unreadable-file", f"cannot read this file: {reason}", place) from None
    if data is None:
        raise fail("unreadable-file", "this is not a regular file", place)
    if len(data) > largest:
        limit = largest // 1024 // 1024
        raise fail("unreadable-file", f"this file is larger than {limit} MiB", place)
    return data


def decode(data: bytes, shown: str, keep: Keep = in_memory) -> Read:
    """Turn UTF-8 bytes into a source with LF line ends.

    A byte order mark is left out and reported. Raises `AgentgenError` that names the first byte
    that is not UTF-8.
    """
    if marked := data.startswith(_BOM):
        data = data[len(_BOM) :]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        readable = _unix_newlines(data.decode("utf-8", "replace"))
        offset = len(_unix_newlines(data[: error.start].decode("utf-8")))
        raise fail(
            "invalid-encoding",
            f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8",
            Source(shown, readable).at(offset),
            help="save the file as UTF-8",
        ) from None
    source = Source(shown, keep(_unix_newlines(text)))
    return Read(source, (_byte_order_mark(source),) if marked else ())


def _byte_order_mark(source: Source) -> Diagnostic:
    return Diagnostic(
        "byte-order-mark",
        "this file begins with a byte order mark (U+FEFF)",
        source.whole(),
        Severity.WARNING,
        help="save it as UTF-8 without BOM: some clients skip a file that has one",
        edits=(Edit(BYTE_ORDER_MARK, ""),),
    )


def _unix_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def read_regular(path: "Path | str", largest: int, *, follow_link: bool) -> bytes | None:
    """Return up to `largest` bytes of a file, and one more where it has more; None if not regular.

    Raises `OSError`, also for a link that is not to be followed.
    """
    # O_NONBLOCK: opening a FIFO that nobody writes to must not hang; the descriptor that was
    # checked is the one that is read.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not follow_link:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        return file.read(largest + 1)
