"""Names that every system takes for a file, and paths that stay below a folder."""

import unicodedata
from pathlib import PurePosixPath

from agentgen.diagnostics import quoted
from agentgen.patterns import pattern

LONGEST_NAME = 200
"""Bytes; file systems take 255, and the temporary name and a client's suffix need room."""

# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
_RESERVED = pattern(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?")
_ILLEGAL = pattern(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]')
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def bad_name(name: str) -> str | None:
    """Return why some system would not take a name, or None if all do."""
    if match := _ILLEGAL.search(name):
        return f"it holds {quoted(match[0])}"
    if not name.isascii() and any(unicodedata.category(each) in _HIDDEN for each in name):
        return "it holds a character that cannot be seen"
    if _RESERVED.fullmatch(name):
        return "Windows keeps it for a device"
    if name.endswith((".", " ")):
        return "it ends with a dot or a blank"
    if len(name.encode()) > LONGEST_NAME:
        return f"it is longer than {LONGEST_NAME} bytes"
    return None


def is_below(path: PurePosixPath) -> bool:
    """Say whether a path stays below the folder that it starts from."""
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def folded(path: str) -> str:
    """Return what two paths share that some file systems take for one."""
    return path.lower() if path.isascii() else unicodedata.normalize("NFKC", path).casefold()
