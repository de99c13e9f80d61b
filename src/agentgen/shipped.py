"""Where the library that ships with agentgen lies: inside the package, or around the sources."""

from functools import cache
from pathlib import Path


@cache
def library() -> Path:
    """Return the folder that holds the shipped `agents/`, `prompts/` and `schemas/`.

    A wheel carries it as `agentgen/library`; a checkout has it at its top.
    """
    package = Path(__file__).resolve().parent
    inside = package / "library"
    return inside if inside.is_dir() else package.parents[1]


def project_json_schema() -> Path:
    """Return the JSON Schema that project schemas are validated against."""
    return library() / "schemas" / "project.schema.json"
