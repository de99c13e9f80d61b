"""What was detected, written as a project schema with comments that say where it comes from."""

import re
from collections.abc import Iterator

from agentgen.detection.detected import Detected, Value
from agentgen.detection.finding import LISTS
from agentgen.source import flow
from agentgen.source.scalars import other_reading

MOST_PLACES = 3
_PLAIN = re.compile(r"[A-Za-z](?:[\w./ -]*[\w./])?", re.ASCII)
"""What needs no quotes anywhere, though `other_reading` may know better."""

HEAD = """\
# The project schema: what agents and prompts can know about this project, through `schema`.
# Found in the repository by `agentgen init`, and yours to change. `agentgen init --update` shows
# what the repository says differently later; a line with `# agentgen: keep` is left out of that.
"""
_INVITATION = """\
# What you would tell a new colleague, in a sentence or two each: agents follow it.
# conventions:
#   branching: Short-lived branches from main, squashed when merged.
#   commits: Conventional Commits.
#   review: One approval from an owner of the folder.
"""
_NOTHING = """\
# Nothing was found. The least that is worth writing:
#
# project:
#   name: inkwell
# languages:
#   - name: python
# commands:
#   test: python -m pytest
"""


def as_text(detected: Detected) -> str:
    """Return the text of a project schema."""
    if not detected.data():
        return f"{HEAD}\n{_NOTHING}\n{_INVITATION}"
    sections = [
        _section(detected, "project"),
        _languages(detected),
        _section(detected, "commands"),
        _section(detected, "paths"),
    ]
    return "\n".join([HEAD, *("".join(each) for each in map(list, sections) if each), _INVITATION])


def _section(detected: Detected, name: str) -> Iterator[str]:
    found = {key[1]: value for key, value in detected.values.items() if key[0] == name}
    if found:
        yield f"{name}:\n"
        yield from (_line(f"  {key}: ", value) for key, value in found.items())


def _languages(detected: Detected) -> Iterator[str]:
    if detected.languages:
        yield "languages:\n"
    for name in detected.languages:
        yield _line("  - name: ", detected.values["languages", name])
        for key in ("version", *LISTS):
            if value := detected.values.get(("languages", name, key)):
                yield _line(f"    {key}: ", value)


def _line(start: str, value: Value) -> str:
    if value.remark is not None:
        indent = " " * (len(start) - len(start.lstrip()))
        return f"{indent}# {start.strip()} {value.remark}\n"
    said = value.said
    text = f"[{', '.join(map(_scalar, said))}]" if isinstance(said, tuple) else _scalar(said)
    return f"{start}{text}  # {_origin(value)}\n"


def _origin(value: Value) -> str:
    places = [str(each) for each in value.places]
    if places == [value.said]:
        return "found by its name"
    return ", ".join(places[:MOST_PLACES]) + (", …" if len(places) > MOST_PLACES else "")


def _scalar(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and other_reading(text) is None
    return text if is_plain else flow(text)
