"""How an artifact differs from the file that is there."""

from pathlib import Path

from agentgen.model import Artifact
from agentgen.on_disk import OutputRoot
from agentgen.report.diff import as_diff


def difference(artifact: Artifact, root: Path) -> bytes:
    """Return a unified diff from the file below `root` to the artifact; empty if it is the same.

    What is no regular file counts for nothing, as it does where files are written.
    """
    try:
        before = OutputRoot(root).look(artifact.path).data
    except OSError:
        before = None
    return as_diff(artifact.path.as_posix(), before, artifact.text.encode())
