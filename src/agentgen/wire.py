"""Messages between agentgen and the processes that render: JSON behind its length.

JSON, because what arrives may come from a process that a hostile template has taken over: it is
read as plain data or not at all.
"""

import json
import os
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

LARGEST = 64 * 1024 * 1024
"""Bytes in one message from a worker; more is taken for a broken one."""

_LENGTH = struct.Struct(">I")
_CHUNK = 256 * 1024


def message_bytes(message: object) -> bytes:
    """Return a message as it is sent."""
    data = json.dumps(message, separators=(",", ":")).encode()
    return _LENGTH.pack(len(data)) + data


def send(stream: BinaryIO, message: object) -> None:
    """Write one message and flush it; raise `OSError` where the other side is gone."""
    stream.write(message_bytes(message))
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Wait for one message; None where the other side has ended."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return json.loads(data) if len(data) == length else None


class Inbox:
    """What has come from the other side so far; never waits for the rest."""

    def __init__(self) -> None:
        self._data = bytearray()

    def read(self, descriptor: int) -> bool:
        """Take what is there to be read; say whether the other side has ended."""
        try:
            chunk = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        self._data += chunk
        return not chunk

    def messages(self) -> Iterator[Any]:
        """Yield the messages that are complete; raise `ValueError` for what is none."""
        while len(self._data) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._data)
            if length > LARGEST:
                raise ValueError(f"a message of {length} bytes")
            end = _LENGTH.size + length
            if len(self._data) < end:
                return
            data = bytes(self._data[_LENGTH.size : end])
            del self._data[:end]
            yield json.loads(data)
