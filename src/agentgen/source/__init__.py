"""Text: reading it strictly, YAML with positions, and the block of front matter at its head."""

from agentgen.source.document import parse_yaml
from agentgen.source.emission import as_yaml, front_matter_text
from agentgen.source.front_matter import FrontMatter, StrictHandler, read_front_matter
from agentgen.source.nodes import Entry, Mapping, Node, Scalar, Sequence
from agentgen.source.scalars import flow
from agentgen.source.text import Read, decode, read_source
from agentgen.source.toml import NestedTooDeeply, read_toml

__all__ = [
    "Entry",
    "FrontMatter",
    "Mapping",
    "NestedTooDeeply",
    "Node",
    "Read",
    "Scalar",
    "Sequence",
    "StrictHandler",
    "as_yaml",
    "decode",
    "flow",
    "front_matter_text",
    "parse_yaml",
    "read_front_matter",
    "read_source",
    "read_toml",
]
