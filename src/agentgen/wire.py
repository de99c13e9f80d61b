"""Messages between agentgen and the processes that render: JSON behind its length.

JSON, because what arrives may come from a process that a hostile template has taken over: it is
read as plain data or not at all.
"""

import json
import struct
from typing import Any, BinaryIO

LARGEST = 256 * 1024 * 1024
"""Bytes in one message; more is taken for a broken process."""

_LENGTH = struct.Struct(">I")


def send(stream: BinaryIO, message: object) -> None:
    """Write one message and flush it; raise `OSError` where the other side is gone."""
    data = json.dumps(message, separators=(",", ":")).encode()
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read one message; None where the other side ended, or sent no message."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length) if length <= LARGEST else b""
    if len(data) < length or not data:
        return None
    try:
        return json.loads(data)
    except ValueError:
        return None
