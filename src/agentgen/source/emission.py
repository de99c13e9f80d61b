"""Plain data written as YAML that the readers of all clients take, by PyYAML.

Block lists, no line breaks within a line of text, and double quotes wherever some reader could
take a text for something else: Qwen Code's own reader knows no flow lists, and an unquoted `: ` has
broken agents in Copilot and Claude Code (anthropics/claude-code#16916, rjmurillo/ai-agents#2497).
"""

import re
from collections.abc import Mapping
from typing import Any

from agentgen.patterns import pattern
from agentgen.source.pyyaml import yaml
from agentgen.source.scalars import flow, other_reading

FENCE = "---\n"
_LIKE_FRONT_MATTER = pattern(r"---[ \t]*\r?\n")
_PLAIN = pattern(r"[A-Za-z][A-Za-z0-9_./-]*")


class _Dumper(yaml.SafeDumper):
    """Knows one more type: text, which is quoted unless it is a plain word."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002 - PyYAML's signature
        """Indent lists below their key, as most people write them."""
        super().increase_indent(flow, indentless=False)

    def write_double_quoted(self, text: str, split: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's signature
        """Write a text in quotes, with emoji as they are and not as escapes."""
        self.write_indicator(flow(text), need_whitespace=True)


class _FrontMatterDumper(_Dumper):
    """Writes every text on one line."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    is_plain = _PLAIN.fullmatch(text) and other_reading(text) is None
    # Not in front matter: readers that strip it lose the newline that ends a block.
    is_block = "\n" in text and not isinstance(dumper, _FrontMatterDumper)
    style = None if is_plain else "|" if is_block else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


for _class in (_Dumper, _FrontMatterDumper):
    _class.add_representer(str, _text)
    _class.add_representer(tuple, yaml.SafeDumper.represent_list)


def as_yaml(data: object) -> str:
    """Return plain data as YAML in block style, in its own order, each line of text on one line."""
    return _dumped(data, _Dumper)


def _dumped(data: object, dumper: type[_Dumper]) -> str:
    text = yaml.dump(data, Dumper=dumper, allow_unicode=True, sort_keys=False, width=float("inf"))
    return re.sub(r"^\.\.\.\n\Z", "", text, flags=re.MULTILINE)  # stands behind some last texts


def front_matter_text(data: Mapping[str, Any], body: str) -> str:
    """Return a Markdown file: the mapping between two `---` lines, if it holds anything, and text.

    Nothing stands above the first `---`, because clients do not look for it there. Text that would
    be taken for front matter itself has an empty one above it.
    """
    if not data and not _LIKE_FRONT_MATTER.match(body):
        return body
    return f"{FENCE}{_dumped(dict(data), _FrontMatterDumper) if data else ''}{FENCE}{body}"
