"""Changed files as a unified diff, which `git apply` and `patch -p1` take, whatever the bytes.

The form: https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
"""

import itertools
from collections.abc import Iterator

from agentgen.patterns import pattern
from agentgen.report.text import inert

_NOTHING = b"/dev/null"
_NO_NEWLINE = b"\n\\ No newline at end of file\n"
_SGR = {b"-": "31", b"+": "32", b"@": "36"}
_NAME = "1"
_LINE = pattern(rb"[^\n]*\n|[^\n]+")
_ESCAPED = pattern(rb'[\x00-\x1f\x7f"\\]')


def as_diff(name: str, before: bytes | None, after: bytes | None) -> bytes:
    """Return what makes the file `name` of `before` that of `after`; None is no file at all.

    Lines keep the line ends that they have, so a diff of a CRLF file has some as well.
    """
    return b"".join(_lines(name, before, after))


def as_shown_diff(diff: bytes, *, color: bool = False) -> str:
    """Return a diff for people: nothing in it but its colours does anything to a terminal."""
    lines = []
    in_hunk = False
    for line, after in itertools.pairwise(diff.split(b"\n")):
        # A line that is gone and began with `-- ` looks like the name of a file, but for the next.
        is_name = line.startswith(b"--- ") and after.startswith(b"+++ ")
        in_hunk = line.startswith(b"@@") or (in_hunk and not is_name)
        text = inert(line.decode("utf-8", "replace").replace("\t", "    "), len(line) * 10 + 1)
        sgr = _SGR.get(line[:1]) if in_hunk else _NAME
        lines.append(f"\x1b[{sgr}m{text}\x1b[0m\n" if color and sgr else f"{text}\n")
    return "".join(lines)


def _lines(name: str, before: bytes | None, after: bytes | None) -> Iterator[bytes]:
    old, new = (_LINE.findall(data or b"") for data in (before, after))
    from_name = _NOTHING if before is None else _header(b"a/", name)
    to_name = _NOTHING if after is None else _header(b"b/", name)
    import difflib  # few reports show one

    lines = difflib.diff_bytes(difflib.unified_diff, old, new, from_name, to_name)
    for line in lines:
        yield line if line.endswith(b"\n") else line + _NO_NEWLINE


def _header(side: bytes, name: str) -> bytes:
    """Return a file's name as git writes it: in quotes where it has to be, ended by a tab."""
    path = side + name.encode("utf-8", "surrogateescape")
    if _ESCAPED.search(path):
        return b'"' + _ESCAPED.sub(lambda match: b"\\%03o" % match[0][0], path) + b'"'
    return path + b"\t" if b" " in path else path
