"""Text that is to come out of a template as it stands, whatever braces it holds."""

import re
from itertools import groupby

_OPENED = re.compile(r"\{[{%#]")
_CLOSED = re.compile(r"[}%#]\}+")
_END_RAW = re.compile(r"\{%[-+]?\s*endraw")


def literal_value(text: str) -> str:
    """Return a template that renders to a text, each opening pair of braces as an expression."""
    return _OPENED.sub(lambda match: f"{{{{ '{match[0]}' }}}}", text)


def literal_data(data: object) -> object:
    """Return plain data whose texts, as quoted YAML values, render to what they are here."""
    if isinstance(data, dict):
        return {key: literal_data(each) for key, each in data.items()}
    if isinstance(data, list):
        return [literal_data(each) for each in data]
    return literal_value(data) if isinstance(data, str) else data


def literal_body(text: str, *, is_tidy: bool) -> str:
    """Return a template that renders to a text.

    Lines with opening braces come between `raw` tags: on lines of their own where these vanish,
    within the first and the last line where they would not. A text that could end such a block is
    written with expressions in its place.
    """
    if _END_RAW.search(text):
        return literal_value(text)
    lines: list[str] = []
    for is_wrapped, run in groupby(text.split("\n"), lambda line: bool(_OPENED.search(line))):
        block = list(run)
        if not is_wrapped:
            lines += block
        elif len(block) == 1:
            lines.append(_within_line(block[0]))
        elif is_tidy:
            lines += ["{% raw %}", *block, "{% endraw %}"]
        else:
            lines += _within_lines(block)
    return "\n".join(lines)


def _within_line(line: str) -> str:
    opened = list(_OPENED.finditer(line))
    start, last = opened[0].start(), opened[-1].end()
    closed = [match.end() for match in _CLOSED.finditer(line, last)]
    end = closed[-1] if closed else len(line.rstrip())
    return f"{line[:start]}{{% raw %}}{line[start:end]}{{% endraw %}}{line[end:]}"


def _within_lines(block: list[str]) -> list[str]:
    first, *between, last = block
    start = len(first) - len(first.lstrip())
    end = len(last.rstrip())
    return [
        f"{first[:start]}{{% raw %}}{first[start:]}",
        *between,
        f"{last[:end]}{{% endraw %}}{last[end:]}",
    ]
