"""What holds for any text at all."""

import atexit
import tempfile
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agentgen
from agentgen import links
from agentgen.braces import LiteralBraces
from agentgen.diagnostics import AgentgenError, Source
from agentgen.environment.failure import TemplateFailure
from agentgen.hidden import hidden_characters
from agentgen.model import Document
from agentgen.source import decode, parse_yaml, read_front_matter
from agentgen.source.nodes import location, scalars
from agentgen.source.scalars import flow
from agentgen.workers import Workers
from conftest import render_text

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"))
TAGLESS = TEXT.filter(lambda text: not any(tag in text for tag in ("{{", "{%", "{#")))
HEAD = "---\nname: a\ndescription: b\n---\n"


def rendered(body: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        agents = Path(folder, "agents")
        agents.mkdir()
        (agents / "a.md").write_bytes((HEAD + body).encode())
        (artifact,) = agentgen.render(agentgen.load(folder), workers=workers()).artifacts
        return artifact.text


@cache
def workers() -> Workers:
    """Return workers that all examples share; they end with the test run."""
    started = Workers(most=1)
    atexit.register(started.__exit__, None, None, None)
    return started


@given(TAGLESS)
def test_a_body_without_tags_comes_out_as_it_went_in(body: str) -> None:
    expected = HEAD.rstrip("\n") + ("\n" + body).rstrip("\n") + "\n"
    try:
        text = rendered(body)
    except AgentgenError as error:
        assert "hidden-character" in {each.rule for each in error.diagnostics}
        assert list(hidden_characters(Source("a.md", body), [expected], frozenset()))
    else:
        assert text == expected


LINES = st.lists(
    st.sampled_from(
        [
            "text",
            "",
            "  {{ schema.project.name }}  ",
            "{% for x in [1, 2] %}{{ x }}{% endfor %}",
            "{# c #}",
            "[a](b.md)",
            "{% set x = {'a': 1} %}{{ x }}",
        ]
    )
)


@given(LINES)
def test_rendering_twice_gives_the_same_bytes(lines: list[str]) -> None:
    body = "\n".join(lines)
    first = rendered(body)
    assert rendered(body) == first
    assert first.endswith("\n")
    assert not first.endswith("\n\n")


@given(st.text("ab{}%#- \n'\"|x", max_size=40))
def test_any_template_is_text_or_a_failure(text: str) -> None:
    try:
        render_text(text, {"a": "b"})
    except TemplateFailure as failure:
        lines = text.count("\n") + 1
        assert all(0 <= frame.line <= lines for frame in failure.problem.frames)


@given(st.text("ab[]()<>!`\\#.md/ \n|-:\"'&%", max_size=60))
def test_text_around_links_is_untouched(text: str) -> None:
    spans = list(links.destinations(text))
    assert links.rewrite(text, spans, lambda path: path).text == text
    changed = links.rewrite(text, spans, lambda _: "NEW")
    position = 0
    for piece in changed.text.split("NEW"):
        found = text.find(piece, position)
        assert found >= position
        position = found + len(piece)


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_a_diagnostic(data: bytes) -> None:
    try:
        source = decode(data, "a.md").source
    except AgentgenError as error:
        assert error.diagnostics[0].rule == "invalid-encoding"
    else:
        assert "\r" not in source.text


@given(st.text("ab:-'\"#&*!|>%@`[]{},? \n\t\\0", max_size=40))
def test_any_yaml_is_a_tree_or_a_diagnostic(text: str) -> None:
    source = Source("a.yaml", text)
    try:
        node = parse_yaml(source)
    except AgentgenError as error:
        for each in error.diagnostics:
            assert each.location is not None
            assert each.location.line is not None
    else:
        for scalar in scalars(node) if node else ():
            assert 0 <= scalar.start <= scalar.end <= len(text)
            assert location(scalar).line is not None


@given(st.text("ab:- \n", max_size=40))
def test_any_front_matter_keeps_its_offsets(yaml: str) -> None:
    source = Source("a.md", f"---\n{yaml}\n---\nBody\n")
    try:
        matter = read_front_matter(source)
    except AgentgenError:
        return
    assert matter is not None
    for key, entry in matter.mapping.entries.items():
        assert source.text[entry.key.start : entry.key.end] == key
        written = source.text[entry.node.start : entry.node.end]
        if isinstance(entry.node.value, str) and "\n" not in written:  # a line end is folded
            assert written == entry.node.value


@given(TEXT)
def test_a_flow_scalar_reads_back(text: str) -> None:
    quoted = flow(text)
    assert "\n" not in quoted
    node = parse_yaml(Source("a.yaml", f"key: {quoted}\n"))
    assert node is not None
    assert node.value == {"key": text}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXT, JSON, max_size=3))
def test_plain_data_reads_back(data: dict[str, object]) -> None:
    text = flow(data)
    assert "\n" not in text
    node = parse_yaml(Source("a.yaml", text))
    assert node is not None
    assert node.value == data


BRACES = ("{{", "}}", "{", "}", "{% raw %}", "{% endraw %}", "{#", "#}", "$")
PIECES = (*BRACES, *"'\":.#[]1,- \n`|", "a", "b c", "schema", "if", "🔴", "名")


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_braces_that_are_called_literal_are_in_no_template_that_renders(text: str) -> None:
    document = Document(PurePosixPath("agents/a.md"), Path("a.md"), Source("a.md", text), None, 0)
    messages = [each.message for each in LiteralBraces([document]).in_document(document)]
    # A comment that is none swallows what follows, and all of it may render.
    if messages and all("template's tag" in message for message in messages):
        with pytest.raises(TemplateFailure):
            render_text(text, {"schema": {}})
