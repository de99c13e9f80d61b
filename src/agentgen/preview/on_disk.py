"""How an artifact differs from the file that is there."""

import stat
from pathlib import Path

from agentgen.model import Artifact
from agentgen.report.diff import as_diff

LARGEST = 16 * 1024 * 1024
"""Bytes; a file that is larger is none that agentgen wrote."""


def difference(artifact: Artifact, root: Path) -> bytes:
    """Return a unified diff from the file below `root` to the artifact; empty if it is the same."""
    before = _read(root / artifact.path)
    return as_diff(artifact.path.as_posix(), before, artifact.text.encode())


def _read(path: Path) -> bytes | None:
    """Return what a file holds; None where there is no regular file, or one that is too large."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            return None
        return path.read_bytes()
    except OSError:
        return None
