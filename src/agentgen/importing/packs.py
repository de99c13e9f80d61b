"""Where agents to import lie: files, folders, and zip or tar archives, which may be hostile.

Nothing of an archive is unpacked: its members are read into memory, under limits, and one that
has no business in a pack (a link, a device, a path that leads out) is reason to take none of it.
"""

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from agentgen.diagnostics import AgentgenError, Diagnostic, Severity, Source, fail, quoted
from agentgen.file_names import folded, is_below
from agentgen.frozen import Frozen, field
from agentgen.paths import ShownPath, real_path
from agentgen.source.text import read_bytes

RULE = "unsafe-archive"
MOST_FILES = 20_000
"""In one archive, or looked at in one folder that may hold agents."""
LARGEST_FILE = 1024 * 1024
"""Bytes of one agent; the largest public one has 294 KB."""
LARGEST_PACK = 128 * 1024 * 1024
"""Bytes of an archive, and of all that it unpacks to."""

SUFFIXES = (".md", ".toml", ".roomodes")
PASSED_OVER = frozenset({".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__"})
_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_OPENERS: dict[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
    *(EOFError, ValueError, NotImplementedError, RuntimeError, OSError),
)
"""What the standard library raises for an archive that is damaged or of an unknown kind."""


class PackFile(Frozen):
    """A file that may hold agents; `path` is absolute on a disk, and within an archive its own.

    `is_named` says that somebody asked for this very file.
    """

    path: PurePosixPath
    shown: str
    data: bytes | None = field(default=None, repr=False)
    is_named: bool = False

    def read(self) -> bytes:
        """Return what it holds. Raises `AgentgenError` for what is no regular file of its size."""
        if self.data is not None:
            return self.data
        return read_bytes(Path(self.path), self.shown, LARGEST_FILE, follow_link=self.is_named)


class Pack(Frozen):
    """The files that may hold agents, the paths of all files beside them, and what was left out."""

    files: tuple[PackFile, ...]
    others: tuple[PurePosixPath, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def open_pack(path: Path, shown: ShownPath) -> Pack:
    """Return what lies at a path. Raises `AgentgenError` for none, and for an unsafe archive."""
    name = shown(path)
    if path.is_dir():
        return _folder(real_path(path), shown)
    if not path.exists():
        raise fail("missing-file", "there is no such file or folder", Source(name, "").whole())
    head = _head(path, name)
    if head.startswith(_ZIP) or head.startswith(tuple(_OPENERS)) or head[257:262] == b"ustar":
        return _archive(path, name, is_zip=head.startswith(_ZIP))
    return Pack((PackFile(PurePosixPath(real_path(path)), name, is_named=True),))


def _head(path: Path, shown: str) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):
        raise fail("unreadable-file", "this is not a regular file", Source(shown, "").whole())
    with path.open("rb") as file:
        return file.read(512)


def _folder(folder: Path, shown: ShownPath) -> Pack:
    files: list[PackFile] = []
    others: list[PurePosixPath] = []
    left_out: list[Diagnostic] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in PASSED_OVER)
        for name in sorted(names):
            path = Path(parent, name)
            if not name.endswith(SUFFIXES):
                others.append(PurePosixPath(path))
            elif path.is_symlink():
                place = Source(shown(path), "").whole()
                message = "this is a link"
                left_out.append(Diagnostic("not-imported", message, place, Severity.NOTE))
            else:
                files.append(PackFile(PurePosixPath(path), shown(path)))
        if len(files) + len(others) > MOST_FILES:
            message = f"there are more than {MOST_FILES:,} files in {quoted(shown(folder))}"
            raise fail(RULE, message, help="name the folder in it that holds the agents")
    return Pack(tuple(files), tuple(others), tuple(left_out))


def _archive(path: Path, shown: str, *, is_zip: bool) -> Pack:
    whole = Source(shown, "").whole()
    if path.stat().st_size > LARGEST_PACK:
        raise fail(RULE, f"this is larger than {LARGEST_PACK // 1024**2} MiB", whole)
    try:
        with path.open("rb") as file:
            members = list(_zipped(file) if is_zip else _tarred(file))
    except _Unsafe as error:
        raise fail(RULE, f"nothing of this is imported: {error}", whole) from None
    except _BROKEN as error:
        reason = str(error) or type(error).__name__
        raise fail(RULE, f"this archive cannot be read: {reason}", whole) from None
    _require_once(members, shown)
    files = [PackFile(name, f"{shown}/{name}", data) for name, data in members if data is not None]
    others = [name for name, data in members if data is None]
    return Pack(tuple(files), tuple(others))


class _Unsafe(Exception):
    """A member that no pack needs, or more than a pack may hold."""


_Member = tuple[PurePosixPath, bytes | None]


def _require_once(members: Iterable[_Member], shown: str) -> None:
    names: set[str] = set()
    for name, _ in members:
        if folded(str(name)) in names:
            message = f"nothing of this is imported: it holds {quoted(str(name))} twice"
            raise AgentgenError([Diagnostic(RULE, message, Source(shown, "").whole())])
        names.add(folded(str(name)))


def _name(text: str) -> PurePosixPath:
    """Return a member's path. Raises `_Unsafe` for one that could lead out of a folder."""
    path = PurePosixPath(text)
    if not is_below(path) or "\\" in text or ":" in path.parts[0] or not text.isprintable():
        raise _Unsafe(f"{quoted(text)} is not a path within it")
    return path


def _zipped(file: IO[bytes]) -> Iterator[_Member]:
    left = LARGEST_PACK
    with zipfile.ZipFile(file) as archive:
        listed = archive.infolist()
        _require_few(len(listed))
        for info in listed:
            mode = info.external_attr >> 16
            if info.is_dir():
                _name(info.filename)
                continue
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                raise _Unsafe(f"{quoted(info.filename)} is a link or no regular file")
            name = _name(info.filename)
            if not str(name).endswith(SUFFIXES):
                yield name, None
                continue
            with archive.open(info) as member:
                data = _bounded(member, name)
            left -= len(data)
            _require_room(left)
            yield name, data


def _tarred(file: IO[bytes]) -> Iterator[_Member]:
    head = file.read(6)
    file.seek(0)
    opener = next((each for magic, each in _OPENERS.items() if head.startswith(magic)), None)
    plain = cast("IO[bytes]", opener(file) if opener else file)
    count = 0
    with tarfile.open(fileobj=cast("IO[bytes]", _Metered(plain)), mode="r|") as archive:
        for info in archive:
            count += 1
            _require_few(count)
            name = _name(info.name) if info.name not in (".", "./") else None
            if info.isdir() or name is None:
                continue
            if not info.isreg():
                raise _Unsafe(f"{quoted(info.name)} is a link or no regular file")
            member = archive.extractfile(info) if info.name.endswith(SUFFIXES) else None
            yield name, None if member is None else _bounded(member, name)


class _Metered:
    """A stream that ends a run which wants more of it than a pack may unpack to."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = LARGEST_PACK

    def read(self, size: int) -> bytes:
        data = self._stream.read(min(size, self._left + 1))
        self._left -= len(data)
        _require_room(self._left)
        return data


def _bounded(member: IO[bytes], name: PurePosixPath) -> bytes:
    data = member.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise _Unsafe(f"{quoted(str(name))} is larger than {LARGEST_FILE // 1024**2} MiB")
    return data


def _require_room(left: int) -> None:
    if left < 0:
        raise _Unsafe(f"it unpacks to more than {LARGEST_PACK // 1024**2} MiB")


def _require_few(count: int) -> None:
    if count > MOST_FILES:
        raise _Unsafe(f"it holds more than {MOST_FILES:,} files")
