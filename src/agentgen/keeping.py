"""Texts that a run may ask for again lie in a file without a name, once they are many.

What was read is wanted for messages, and what was rendered until all of it may be written: by then
a large library would fill memory with texts of which one at a time is looked at.
"""

import errno
import os
import sys
from collections.abc import Callable
from typing import IO, TypeAlias

IN_MEMORY = 1024 * 1024
"""Bytes of memory that the texts of a store take before further ones go to its file."""

HAS_OFFSETS = hasattr(os, "pread")
"""Whether the system reads at an offset, whoever else reads; else all texts stay in memory."""


class Kept:
    """A text in the file of a store: equal to one that says the same, as texts are."""

    __slots__ = ("_size", "_store", "at")

    def __init__(self, store: "Store", at: int, size: int) -> None:
        self._store = store
        self.at = at
        self._size = size

    @property
    def text(self) -> str:
        """The text."""
        at, text = self._store.last
        if at != self.at:
            text = self.data.decode()
            self._store.last = self.at, text
        return text

    @property
    def data(self) -> bytes:
        """The text as UTF-8."""
        return self._store.read(self.at, self._size)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Kept):
            return NotImplemented
        return self is other or (self._size == other._size and self.text == other.text)

    def __hash__(self) -> int:
        return hash(self._size)


Text: TypeAlias = str | Kept
"""A text, or where it lies."""


Keep: TypeAlias = Callable[[str], Text]
"""Takes a text that will be asked for again, and returns what stands for it."""


def text_of(text: Text) -> str:
    """Return the text itself."""
    return text if isinstance(text, str) else text.text


def bytes_of(text: Text) -> bytes:
    """Return the text as UTF-8."""
    return text.encode() if isinstance(text, str) else text.data


def in_memory(text: str) -> Text:
    """Keep a text as it is."""
    return text


class Store:
    """Where texts are kept for as long as any of them is."""

    def __init__(self) -> None:
        """Begin with nothing, and no file."""
        self._room = IN_MEMORY
        self._file: IO[bytes] | None = None
        self._end = 0
        self.last = (-1, "")

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def keep(self, text: str) -> Text:
        """Return the text, or what stands for it; a disk that takes none leaves it in memory."""
        if self._has_room(text):
            return text
        try:
            kept = self._written(text.encode())
        except UnicodeEncodeError:
            return text
        if kept is None:
            return text
        self.last = kept.at, text  # who has read a text looks at it
        return kept

    def keep_bytes(self, data: bytes) -> "bytes | Kept":
        """Return the bytes, or what stands for them."""
        return data if self._has_room(data) else self._written(data) or data

    def _has_room(self, value: str | bytes) -> bool:
        self._room -= sys.getsizeof(value)
        return self._room >= 0 or not (HAS_OFFSETS and value)

    def _written(self, data: bytes) -> Kept | None:
        """Write to the file; return None where the disk does not take it."""
        try:
            if self._file is None:
                from tempfile import TemporaryFile  # few libraries are so large

                self._file = TemporaryFile(buffering=0)  # noqa: SIM115 - texts outlive this call
            is_whole = os.pwrite(self._file.fileno(), data, self._end) == len(data)
        except OSError:
            return None
        if not is_whole:
            return None
        at, self._end = self._end, self._end + len(data)
        return Kept(self, at, len(data))

    def read(self, at: int, size: int) -> bytes:
        """Return so many bytes that begin there; raise `OSError` where the disk has lost them."""
        assert self._file is not None  # noqa: S101 - nothing is kept without one
        try:
            data = os.pread(self._file.fileno(), size, at)
            if len(data) == size:
                return data
            error = OSError(errno.EIO, os.strerror(errno.EIO))
        except OSError as failure:
            error = failure
        from tempfile import gettempdir

        raise OSError(error.errno, error.strerror, gettempdir()) from None
