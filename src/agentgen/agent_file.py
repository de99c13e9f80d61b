"""One Markdown file becomes an agent, a prompt or a partial, or diagnostics that say why not."""

from collections.abc import Iterator
from typing import cast

from agentgen.diagnostics import (
    AgentgenError,
    Diagnostic,
    Edit,
    Severity,
    Span,
    fail,
    has_errors,
    quoted,
)
from agentgen.folders import SourceFile
from agentgen.frozen import replace
from agentgen.json_schema import Shape, construct
from agentgen.keeping import Keep, in_memory
from agentgen.model import Agent, Data, Document, Prompt, TemplateValue
from agentgen.source import Mapping, Node, Scalar, Sequence, decode, read_front_matter, read_source
from agentgen.source.front_matter import misplaced_fence
from agentgen.source.nodes import kind, location, scalars
from agentgen.source.scalars import flow, other_reading
from agentgen.tools import tool_names

TEXT_KEYS = ("name", "description", "icon", "model", "version")
"""Front matter keys whose value is the text as it was written, whatever YAML makes of it."""

COMMON_KEYS = (*TEXT_KEYS, "tools")
"""Keys that any agent may have, whether it has them or not."""

_SHAPE = Shape({"properties": {key: {"type": "string"} for key in TEXT_KEYS}})


def load_document(file: SourceFile, largest: int, keep: Keep = in_memory) -> Document:
    """Read a file of at most so many bytes; raise `AgentgenError` where it cannot be read."""
    # Links were followed, and seen to stay in the library, when the file was found.
    if file.data is None:
        read = read_source(file.real, file.shown, largest, follow_link=False, keep=keep)
    else:
        read = decode(file.data, file.shown, keep)
    front_matter = read_front_matter(read.source)
    body = front_matter.body if front_matter else 0
    return Document(file.name, file.path, read.source, front_matter, body, read.diagnostics)


def load_agent(file: SourceFile, largest: int, keep: Keep = in_memory) -> Agent:
    """Read an agent; raise `AgentgenError` with every reason why it is none.

    `name` defaults to the file's stem, `tools` may be a list or a comma-separated text.
    """
    document = load_document(file, largest, keep)
    if not document.source.text.strip():
        message = "this agent is empty"
        raise fail("empty-file", message, document.source.whole(), help="write its instructions")
    data = _data(document)
    found = [*document.diagnostics, *_field_problems(document), *_agent_problems(document, data)]
    if has_errors(found):
        raise AgentgenError(found)
    data["name"] = _text(data.get("name")) or document.stem
    if "tools" in data:
        data["tools"] = _tools(data["tools"])
    return Agent(
        replace(document, diagnostics=tuple(found)) if found else document,
        str(data["name"]),
        _text(data.get("description")),
        data,
        tuple(_template_values(document)),
    )


def load_prompt(file: SourceFile, largest: int, keep: Keep = in_memory) -> Prompt:
    """Read a prompt, whose front matter is optional; raise `AgentgenError` where that is wrong."""
    document = load_document(file, largest, keep)
    if not document.source.text.strip():
        message = "this prompt is empty"
        raise fail("empty-file", message, document.source.whole(), help="write it or remove it")
    found = [*document.diagnostics, *_field_problems(document), *_misplaced(document)]
    if has_errors(found):
        raise AgentgenError(found)
    data = _data(document)
    return Prompt(
        replace(document, diagnostics=tuple(found)) if found else document,
        _text(data.get("name")) or document.stem,
        _text(data.get("description")),
        data,
        tuple(_template_values(document)),
    )


def _data(document: Document) -> dict[str, Data]:
    if document.front_matter is None:
        return {}
    return cast("dict[str, Data]", construct(document.front_matter.mapping, _SHAPE))


def _text(value: Data) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _tools(value: Data) -> Data:
    if isinstance(value, str):
        return [*tool_names(value)]
    return [] if value is None else value


def _field_problems(document: Document) -> Iterator[Diagnostic]:
    if document.front_matter is None:
        return
    entries = document.front_matter.mapping.entries
    for key in TEXT_KEYS:
        if key not in entries:
            continue
        node = entries[key].node
        if not isinstance(node, Scalar):
            message = f"`{key}` must be text, but is {kind(node)}"
            yield Diagnostic("invalid-front-matter", message, location(entries[key].key))
        elif (
            node.plain
            and node.value is not None
            and (other := other_reading(node.text)) is not None
        ):
            yield Diagnostic(
                "ambiguous-text",
                f"{quoted(f'{key}: {node.text}')} is text here, but {other} to other YAML readers",
                location(node),
                Severity.WARNING,
                help="put it in quotes",
                edits=_quotes(node),
            )
        if key == "name" and isinstance(node, Scalar):
            yield from _name_problems(document, entries[key].key, node)
    yield from _unrendered(document.front_matter.mapping)


def _name_problems(document: Document, key: Scalar, node: Scalar) -> Iterator[Diagnostic]:
    if not node.plain and _holds_tags(node.text):
        message = "`name` cannot be a template: the agent is found by it"
        yield Diagnostic("invalid-front-matter", message, location(node))
    elif node.value is None or not node.text.strip():
        yield Diagnostic(
            "empty-name",
            f"this name is empty, and {quoted(document.stem)} is taken from the file",
            location(key),
            Severity.WARNING,
            help="write a name, or leave the key out",
        )


def _quotes(node: Scalar) -> tuple[Edit, ...]:
    if node.source.text[node.start : node.end] != node.text:
        return ()
    return (Edit(Span(node.start, node.end), flow(node.text)),)


def _unrendered(node: Node) -> Iterator[Diagnostic]:
    for scalar in scalars(node):
        if scalar.plain and _holds_tags(scalar.text):
            message = "this unquoted value holds a template, which is not rendered"
            place = location(scalar)
            quotes = f"put the value in quotes: `{flow(scalar.text)}`"
            yield Diagnostic("unrendered-template", message, place, Severity.WARNING, help=quotes)


def _holds_tags(text: str) -> bool:
    return "{{" in text or "{%" in text or "{#" in text


def _agent_problems(document: Document, data: dict[str, Data]) -> Iterator[Diagnostic]:
    yield from _missing_parts(document, data)
    entries = document.front_matter.mapping.entries if document.front_matter else {}
    if "tools" in entries and not _is_tool_list(entries["tools"].node):
        what = _what(entries["tools"].node)
        message = f"`tools` must be a list or a comma-separated text, but is {what}"
        place = location(entries["tools"].key)
        yield Diagnostic("invalid-front-matter", message, place, help="write `tools: [read, edit]`")


def _missing_parts(document: Document, data: dict[str, Data]) -> Iterator[Diagnostic]:
    misplaced = list(_misplaced(document))
    yield from misplaced
    if not misplaced and not _text(data.get("description")):
        yield _missing_description(document)
    if not document.template.strip():
        message = "this agent has front matter and no instructions"
        yield Diagnostic("empty-body", message, document.head, Severity.WARNING)


def _missing_description(document: Document) -> Diagnostic:
    entries = document.front_matter.mapping.entries if document.front_matter else {}
    rule, why = "missing-description", "clients choose an agent by it"
    if "description" in entries:
        place, message = location(entries["description"].key), "this description is empty"
        return Diagnostic(rule, message, place, Severity.WARNING, help=f"write one: {why}")
    message, help = (
        "this agent has no description",
        f"add `description: …` to its front matter: {why}",
    )
    return Diagnostic(rule, message, document.head, Severity.WARNING, help=help)


def _misplaced(document: Document) -> Iterator[Diagnostic]:
    fence = None if document.front_matter else misplaced_fence(document.source)
    if fence is not None:
        yield Diagnostic(
            "misplaced-front-matter",
            "this is taken as text, not as front matter",
            document.source.at(fence.offset, fence.offset + 3),
            Severity.WARNING,
            help="front matter begins on the first line, with a line of exactly `---`",
            edits=fence.edits,
        )


def _is_tool_list(node: Node) -> bool:
    if isinstance(node, Sequence):
        return all(isinstance(item, Scalar) and isinstance(item.value, str) for item in node.items)
    return isinstance(node, Scalar) and (node.value is None or isinstance(node.value, str))


def _what(node: Node) -> str:
    return "a list that holds other things than names" if isinstance(node, Sequence) else kind(node)


def _template_values(document: Document) -> Iterator[TemplateValue]:
    if document.front_matter is not None:
        yield from _templates_below(document.front_matter.mapping, ())


def _templates_below(node: Node, path: tuple[str | int, ...]) -> Iterator[TemplateValue]:
    if isinstance(node, Mapping):
        for key, entry in node.entries.items():
            yield from _templates_below(entry.node, (*path, key))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _templates_below(item, (*path, index))
    elif not node.plain and _holds_tags(node.text):
        yield TemplateValue(path, node)
