"""The project schema: files merged in order, values set on the command line, checks, defaults."""

import json
import re
from collections.abc import Iterator
from functools import cache, reduce
from pathlib import Path
from typing import Any, cast

from agentgen.diagnostics import (
    AgentgenError,
    Diagnostic,
    Location,
    Severity,
    Source,
    did_you_mean,
    fail,
    has_errors,
    quoted,
)
from agentgen.frozen import Frozen, field
from agentgen.json_schema import (
    TEXT_OR_NUMBER,
    JsonSchema,
    Shape,
    construct,
    filled,
    is_surely_valid,
    unknown_keys,
)
from agentgen.model import Data, ProjectSchema
from agentgen.patterns import pattern
from agentgen.shapes import dotted
from agentgen.shipped import project_json_schema
from agentgen.source import Entry, Mapping, Node, Scalar, Sequence, decode, parse_yaml, read_source
from agentgen.source.document import DEEPEST
from agentgen.source.nodes import find, kind, location

RULE = "invalid-schema"
_TYPES = {
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "boolean": "`true` or `false`",
    "integer": "a whole number",
    "number": "a number",
    "null": "empty",
}
_SETTING = pattern(r"(?P<path>[^=\s]+)=(?P<value>.*)", re.DOTALL)


class SchemaFile(Frozen):
    """A file to read, and its path as messages show it; `data` is taken for what it holds."""

    path: Path
    shown: str
    data: bytes | None = field(default=None, repr=False)


def load_schema(
    files: tuple[SchemaFile, ...], settings: tuple[str, ...] = ()
) -> tuple[ProjectSchema, tuple[Diagnostic, ...]]:
    """Read project schemas, each merged over the one before, then `KEY.PATH=VALUE` settings.

    Mappings merge key by key; any other value replaces the earlier one. Returns the schema with
    defaults filled in, and warnings. Raises `AgentgenError` with every problem of every file.
    """
    diagnostics: list[Diagnostic] = []
    layers: list[Mapping] = []
    for read in (*(_file(each) for each in files), *(_setting(text) for text in settings)):
        diagnostics.extend(read.diagnostics)
        layers.extend([] if read.root is None else [read.root])
    if has_errors(diagnostics):
        raise AgentgenError(diagnostics)
    merged = reduce(_merged, layers) if layers else Mapping(Source("schema", ""), 0, 0, {})
    shape = Shape(json_schema())
    data = filled(construct(merged, shape), shape)
    if not is_surely_valid(data, shape):
        diagnostics += _violations(data, merged)
    diagnostics += _misspelt(merged, shape)
    if has_errors(diagnostics):
        raise AgentgenError(diagnostics)
    paths = tuple(each.shown for each in files)
    sources = tuple(layer.source for layer in layers if layer.source.path in paths)
    schema = ProjectSchema(cast("dict[str, Data]", data), paths, merged, sources)
    return schema, tuple(diagnostics)


@cache
def json_schema() -> JsonSchema:
    """Return the JSON Schema of project schemas, as parsed JSON."""
    return cast("JsonSchema", json.loads(project_json_schema().read_bytes()))


class _Layer(Frozen):
    root: Mapping | None
    diagnostics: tuple[Diagnostic, ...]


def _file(file: SchemaFile) -> _Layer:
    try:
        data = file.data
        read = read_source(file.path, file.shown) if data is None else decode(data, file.shown)
        node = parse_yaml(read.source)
        return _Layer(_as_mapping(node), read.diagnostics)
    except AgentgenError as error:
        return _Layer(None, error.diagnostics)


def _as_mapping(node: Node | None) -> Mapping | None:
    if node is None or isinstance(node, Mapping):
        return node
    message = f"a project schema must be `key: value` lines; this is {kind(node)}"
    raise fail(RULE, message, node.source.on_line(node.source.line_column(node.start)[0]))


def _setting(text: str) -> _Layer:
    match = _SETTING.fullmatch(text)
    source = Source("--set", text)
    if match is None:
        help = "write it as `--set project.name=NAME`"
        message = f"{quoted(text)} is not KEY.PATH=VALUE"
        return _Layer(None, fail("invalid-option", message, source.whole(), help=help).diagnostics)
    start = match.start("value")
    try:
        node = parse_yaml(source, start)
        if node is None:  # nothing, or what YAML takes for a comment
            node = Scalar(source, start, len(text), text[start:], plain=not text[start:])
    except AgentgenError as error:
        return _Layer(None, error.diagnostics)
    names = re.sub(r"\[(\d+)\]", r".\1", match["path"]).split(".")
    if "" in names or len(names) > DEEPEST:
        message = f"{quoted(match['path'])} is not a path of keys with dots between them"
        return _Layer(None, fail("invalid-option", message, source.whole()).diagnostics)
    for name in reversed(names):
        key = Scalar(source, 0, match.end("path"), name, plain=True)
        node = Mapping(source, 0, len(text), {name: Entry(key, node)})
    return _Layer(cast("Mapping", node), ())


def _merged(under: Mapping, over: Mapping) -> Mapping:
    entries = dict(under.entries)
    for name, entry in over.entries.items():
        entries[name] = (
            Entry(entry.key, _merged_node(entries[name].node, entry.node))
            if (name in entries)
            else entry
        )
    return Mapping(over.source, over.start, over.end, entries)


def _merged_node(under: Node, over: Node) -> Node:
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        return _merged(under, over)
    if isinstance(over, Scalar) and over.plain and over.value is None:
        return over if isinstance(under, Scalar) else under
    if isinstance(under, Sequence) and isinstance(over, Mapping) and _indexes(over, under):
        items = list(under.items)
        for name, entry in over.entries.items():
            items[int(name)] = _merged_node(items[int(name)], entry.node)
        return Sequence(over.source, over.start, over.end, tuple(items))
    return over


def _indexes(mapping: Mapping, sequence: Sequence) -> bool:
    size = len(sequence.items)
    return all(
        key.isascii() and key.isdigit() and len(key) < 10 and int(key) < size
        for key in mapping.entries
    )


def _violations(data: Data, root: Node) -> Iterator[Diagnostic]:
    import jsonschema_rs  # takes longer to load than a small project to read

    validator = jsonschema_rs.Draft202012Validator(json_schema())
    for error in validator.iter_errors(data):
        path = tuple(error.instance_path)
        node, key = find(root, path)
        yield Diagnostic(RULE, _violation(error, path, node), _place(node, key), help=_cure(error))


def _place(node: Node, key: Scalar | None) -> Location:
    if isinstance(node, Scalar) and node.end > node.start:
        return location(node)
    return location(key or node) if key or isinstance(node, Scalar) else _first_line(node)


def _first_line(node: Node) -> Location:
    line = node.source.line_column(node.start)[0]
    return node.source.at(
        node.start, max(min(node.end, node.source.line_span(line).end), node.start + 1)
    )


def _violation(error: Any, path: tuple[str | int, ...], node: Node) -> str:
    name = quoted(dotted(path)) if path else "the project schema"
    rule = error.kind.name
    if rule == "type":
        asked = error.kind.types
        asked = ["string"] if sorted(asked) == sorted(TEXT_OR_NUMBER) else asked
        wanted = " or ".join(_TYPES[each] for each in asked)
        return f"{name} must be {wanted}, but is {kind(node)}"
    if rule == "required":
        return f"{name} lacks the key {quoted(error.kind.property)}"
    if rule == "minLength":
        return f"{name} must not be empty"
    return f"{name}: {error.message}"


def _cure(error: Any) -> str | None:
    if error.kind.name == "type" and error.kind.types == ["array"]:
        return "write a list: `[one, two]`, or a line `- one` for each"
    return None


def _misspelt(root: Mapping, shape: Shape) -> Iterator[Diagnostic]:
    for key, missing in unknown_keys(root, shape):
        help = did_you_mean(key.text, missing)
        if help is not None:
            message = f"{quoted(key.text)} is not a key that agentgen knows"
            yield Diagnostic("misspelt-key", message, location(key), Severity.WARNING, help=help)


def fits(data: Data, schema: JsonSchema) -> bool:
    """Say whether plain data is what a JSON Schema asks for."""
    import jsonschema_rs

    return bool(jsonschema_rs.is_valid(schema, data))
