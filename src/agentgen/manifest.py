"""The manifest: what was written below an output root. Pure; reading it trusts nothing.

It is a file in the output root, sorted by path, with nothing in it that changes from run to run:

    {
      "version": 1,
      "artifacts": [
        {
          "path": "agents/a.md",
          "digest": "sha256:…",
          "source": "agents/a.md",
          "target": "markdown"
        }
      ]
    }

A key has a line, for version control merges changes of one file that lines lie between. What it
cannot merge is read as it stands: both sides tell what agentgen wrote.

`path` is below the output root, `source` is the agent's or prompt's name in its library, and
`digest` is that of the file's normal form, which a byte order mark, CRLF line ends, and a final
newline more or less do not change. A run writes it before and after it changes files; only in
between can an artifact also have `previous`, the digest of the file that is replaced.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _as_json
from typing import Any

from agentgen.diagnostics import AgentgenError, Location, Source, fail, quoted
from agentgen.file_names import bad_name, folded
from agentgen.frozen import Frozen, field, replace
from agentgen.patterns import pattern

NAME = ".agentgen-manifest.json"
VERSION = 1
RULE = "invalid-manifest"
LONGEST_TEXT = 4096
"""Characters of a path or name; what is longer was not written by agentgen."""

_BOM = b"\xef\xbb\xbf"
_NO_NAMES = ("", ".", "..")
_DIGEST = pattern(r"sha256:[0-9a-f]{64}")
_SIDES = {"<<<<<<<": (0,), "|||||||": (), "=======": (1,), ">>>>>>>": (0, 1)}
"""The sides of a merge that have the lines below git's marks, as numbers."""
_KEYS = {"path", "digest", "source", "target"}
_MOST_KEYS = {*_KEYS, "previous"}
_HELP = (
    "restore it from version control, or delete it: files that are as rendered are then taken as "
    "written, and others need `--force`"
)


class Entry(Frozen):
    """One artifact that was written, or is about to replace a file with the digest `previous`."""

    path: str
    digest: str
    source: str
    target: str
    previous: str | None = None

    def is_of(self, digest: str) -> bool:
        """Say whether a file with this digest is what agentgen wrote."""
        return digest in (self.digest, self.previous)


class Manifest(Frozen):
    """Every artifact that was written below an output root, by its path.

    One that is `in_conflict` was read from both sides of a merge, and is to be written anew.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    in_conflict: bool = False

    def updated(self, new: Iterable[Entry], gone: Iterable[str] = ()) -> "Manifest":
        """Return the manifest with entries that are new or replaced, and without those gone."""
        entries = {**self.entries, **{entry.path: entry for entry in new}}
        for path in gone:
            entries.pop(path, None)
        return Manifest(entries)


def normal(data: bytes) -> bytes:
    """Return a file's bytes without what git and editors change by themselves."""
    text = data.removeprefix(_BOM)
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    text = text.rstrip(b"\n")
    return text + b"\n" if text else b""


def digest(data: bytes) -> str:
    """Return the digest of a file's normal form."""
    return f"sha256:{hashlib.sha256(normal(data)).hexdigest()}"


def as_bytes(manifest: Manifest) -> bytes:
    """Return the manifest as a file holds it."""
    blocks = [_block(manifest.entries[path]) for path in sorted(manifest.entries)]
    listed = "[\n" + ",\n".join(blocks) + "\n  ]" if blocks else "[]"
    return f'{{\n  "version": {VERSION},\n  "artifacts": {listed}\n}}\n'.encode()


def parse(source: Source) -> Manifest:
    """Return the manifest that a text holds, or that both sides of a merge's conflicts hold.

    Raises `AgentgenError` where agentgen did not write it: for text that is no such JSON, another
    version, and for an artifact that could not be one, as that of a path out of the output root.
    """
    sides = _sides(source.text)
    if sides is None:
        return Manifest(_entries(source))
    try:
        ours, theirs = (_entries(Source(source.path, side)) for side in sides)
    except AgentgenError:
        return Manifest(_entries(source))  # which fails where the file has the first mark
    both = {
        path: replace(entry, previous=theirs[path].digest)
        for path, entry in ours.items()
        if path in theirs and not theirs[path].is_of(entry.digest)
    }
    return Manifest({**theirs, **ours, **both}, in_conflict=True)


def _sides(text: str) -> tuple[str, str] | None:
    """Return a text as either side of a merge has it; None where no conflict was left in it."""
    if "<<<<<<<" not in text:
        return None
    sides: tuple[list[str], list[str]] = ([], [])
    into: tuple[int, ...] = (0, 1)
    for line in text.split("\n"):
        mark, _, _ = line.partition(" ")
        if mark in _SIDES:
            into = _SIDES[mark]
            continue
        for side in into:
            sides[side].append(line)
    return ("\n".join(sides[0]), "\n".join(sides[1])) if into == (0, 1) else None


def _entries(source: Source) -> dict[str, Entry]:
    try:
        data = json.loads(source.text)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        place = source.at(min(error.pos, max(len(source.text) - 1, 0)))
        raise fail(RULE, message, place, help=_HELP) from None
    except (RecursionError, ValueError):
        raise fail(
            RULE, "this is no JSON that agentgen wrote", source.whole(), help=_HELP
        ) from None
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, int) and version != VERSION:
        message = f"this is of version {quoted(version)}, and this agentgen knows {VERSION}"
        help = "use the version of agentgen that wrote it, or delete it and render with `--force`"
        raise fail(RULE, message, source.whole(), help=help)
    artifacts = data.get("artifacts") if version == VERSION else None
    if not isinstance(artifacts, list):
        raise fail(RULE, "this is no manifest of agentgen", source.whole(), help=_HELP)
    entries: dict[str, Entry] = {}
    for each in artifacts:
        entry = _entry(each)
        if entry is None or entry.path in entries:
            raise _bad_entry(source, each)
        entries[entry.path] = entry
    return entries


def _block(entry: Entry) -> str:
    path, digest, source, target = map(
        _as_json, (entry.path, entry.digest, entry.source, entry.target)
    )
    previous = "" if entry.previous is None else f',\n      "previous": {_as_json(entry.previous)}'
    return (
        f'    {{\n      "path": {path},\n      "digest": {digest},\n'
        f'      "source": {source},\n      "target": {target}{previous}\n    }}'
    )


def _entry(data: Any) -> Entry | None:
    """Return the entry, or None for one that agentgen would not write."""
    if not isinstance(data, dict) or not _KEYS <= data.keys() <= _MOST_KEYS:
        return None
    for text in data.values():
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            return None
    path, digest, previous = data["path"], data["digest"], data.get("previous")
    parts = path.split("/")
    if folded(parts[0]) == NAME or not all(map(_is_name, parts)):
        return None
    if not _DIGEST.fullmatch(digest) or not (previous is None or _DIGEST.fullmatch(previous)):
        return None
    return Entry(path, digest, data["source"], data["target"], previous)


@lru_cache(maxsize=1000)  # folders come again and again
def _is_name(part: str) -> bool:
    return part not in _NO_NAMES and bad_name(part) is None


def _bad_entry(source: Source, data: Any) -> AgentgenError:
    path = data.get("path") if isinstance(data, dict) else None
    if not isinstance(path, str):
        return fail(RULE, "an artifact is not what agentgen writes", source.whole(), help=_HELP)
    message = f"the artifact {quoted(path)} is not what agentgen writes"
    return fail(RULE, message, _place(source, path), help=_HELP)


def _place(source: Source, path: str) -> Location:
    written = json.dumps(path)
    start = source.text.find(written)
    return source.whole() if start < 0 else source.at(start + 1, start + len(written) - 1)
