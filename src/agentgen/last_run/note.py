"""The note of a run: where it lies, what stands in it, and when it can be believed.

It begins with all that a run depends on apart from files, and the line that it says when all is
unchanged; then, for each path, what it was, its name, its signature, a digest or nothing, and what
it is to the project.

What it is to the project is one letter: an agent, another text, an output, or a folder of sources;
nothing, for what is none of these. Of a text follow, where a change of its body reaches no other
files than these, the digest of all above the body, and the places in this note of the sources to
render again; of a folder, the digest of the names in it that count, for its times change with each
file that is saved by renaming another.
"""

import os
import sys
import time

from agentgen.version import __version__

STARTED_NS = time.time_ns()
"""When this process began, as good as."""

Stat = os.stat_result

FILE, FOLDER, ABSENT, THERE, OWN = b"file", b"folder", b"absent", b"there", b"own"
"""What a path was: with its content, with the names in it, not there, as whatever, or no link."""

SLACK_NS = 2_000_000_000
"""How old a change must be for its time to be believed; the clocks of old file systems tick so."""

FIELDS = 5
"""Of a path in a note: what it was, its name, its signature, its digest, its part."""

END = b"\0end"
"""What a note ends with; a power cut may have left the beginning of one."""

AGENT, TEXT, OUTPUT, SOURCES = b"a", b"t", b"o", b"s"
"""What a path is to the project."""

_REPORTING = ("CI", "GITHUB_STEP_SUMMARY")
"""Environment variables under which somebody else relies on what a run says."""

_SILENT = frozenset(
    {"-q", "--quiet", "-o", "--output", "-t", "--target", "-C", "--directory", "-s", "--schema"}
    | {"--set", "--undefined", "--whitespace", "--limit", "--color", "--no-color", "--no-prune"}
)
"""The options of `render` under which it writes files and says one line when there are none."""


def may_be_skipped(arguments: list[str]) -> bool:
    """Say whether a run is one that a note can stand for; in CI, none is."""
    if arguments[:1] != ["render"] or any(map(os.environ.get, _REPORTING)):
        return False
    options = (word.partition("=")[0] for word in arguments if word.startswith("-"))
    return _SILENT.issuperset(options)


def identity(arguments: list[str]) -> list[bytes]:
    """Return all that a run depends on apart from files, without zero bytes."""
    values = (__version__, sys.version, sys.executable, *sys.path, os.getcwd(), *arguments)  # noqa: PTH109
    return [os.fsencode(value.replace("\0", "")) for value in (*values, str(len(values)))]


def note_path(arguments: list[str]) -> str | None:
    """Return where the note of such a run lies; None where the user has no folder for it."""
    if (folder := cache_folder()) is None:
        return None
    number = int.from_bytes(b"\0".join(identity(arguments)), "big") % (2**89 - 1)
    return os.path.join(folder, "runs", f"{number:x}")  # noqa: PTH118


def cache_folder() -> str | None:
    """Return the folder for what can be thrown away; None where the user has none."""
    own = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    home = os.path.expanduser("~")  # noqa: PTH111
    base = own or os.path.join(home, ".cache")  # noqa: PTH118
    return os.path.join(base, "agentgen") if os.path.isabs(base) else None  # noqa: PTH117, PTH118


def read(path: str) -> bytes:
    """Return what a note of our own holds, without its end.

    Raises `OSError` where somebody else could write it, and `ValueError` for one that has no end.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    try:
        found = os.fstat(descriptor)
        if hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & 0o022):
            raise PermissionError(path)
        data = b"".join(iter(lambda: os.read(descriptor, 1 << 20), b""))
    finally:
        os.close(descriptor)
    if not data.endswith(END):
        raise ValueError(path)
    return data[: -len(END)]


def signature(found: Stat) -> bytes:
    """Return what changes with a file, as far as the file system tells."""
    return b"%d %d %d %d" % (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def newest(found: Stat) -> int:
    """Return when a file was changed last, or was said to be."""
    return max(found.st_mtime_ns, found.st_ctime_ns)
