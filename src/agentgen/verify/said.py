"""What a client said, taken for what it is: text of unknown size and shape."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LONGEST_REASON = 300
LONGEST_NAME = 200
MOST_NAMES = 500
LARGEST_LOG = 16 * 1024 * 1024

_SGR = re.compile(r"\x1b\[[0-9;]*m")


def objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects that stand on a line each; skip all other lines."""
    for line in text.splitlines():
        if line.startswith("{"):
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                continue
            yield value


def entries(value: object) -> list[dict[str, Any]]:
    """Return the objects in a list; none for anything else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def names(value: object) -> tuple[str, ...]:
    """Return the texts of a list, a limited number of limited length; none for anything else."""
    if not isinstance(value, list):
        return ()
    return tuple(each[:LONGEST_NAME] for each in value[:MOST_NAMES] if isinstance(each, str))


def reason(text: object) -> str:
    """Return a reason as one line without colours, cut to a readable length."""
    line = " ".join(_SGR.sub("", str(text)[: 10 * LONGEST_REASON]).split())
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"


def log(path: Path) -> str:
    """Return the text of a log that a client may have written."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_LOG).decode(errors="replace")
    except OSError:
        return ""
