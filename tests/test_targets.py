"""Targets: their tables are whole, and what they emit reads back as what was meant."""

import json
import tomllib
from pathlib import Path, PurePosixPath

import frontmatter
import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import agentgen
from agentgen.diagnostics import Severity, Source
from agentgen.model import Agent, Data, Document
from agentgen.targets import TARGETS, Target, page, vocabulary
from agentgen.targets.agent_schema import agent_json_schema
from agentgen.targets.slugs import LONGEST_SLUG, slug, slug_of
from agentgen.targets.translation import translate
from agentgen.targets.vocabulary import ALIASES, GENERIC, IMPLIED, SETS
from conftest import ROOT

NATIVE = [target for target in TARGETS.values() if target.native]
YAML_HEADED = [target for target in NATIVE if target.name not in ("codex", "roo")]
DESCRIBED = {"claude", "codex", "copilot", "cursor", "gemini", "kiro", "opencode", "qwen", "skill"}
SLUGGED = {"claude", "cursor", "factory", "gemini", "qwen", "skill"}

texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"]), max_size=60
)
hostile = st.sampled_from(
    ["a: b", "- x", "# no", "yes", "~", "1e3", "---", '"', "'", "{x}", "[x", "*a", "&b", "!c", "@",
     "`", "%", "|", ">", "C:\\new", '"""', "''", "🚀", "null", "2026-01-01", "=", "<<", "key:"]
)  # fmt: skip
descriptions = st.one_of(texts, st.lists(st.one_of(texts, hostile)).map(" ".join))
bodies = st.lists(st.one_of(texts, hostile, st.just("---"), st.just("\\U0001F680"))).map("\n".join)


def agent_of(data: dict[str, Data], stem: str = "the-agent") -> Agent:
    path = PurePosixPath(f"agents/{stem}.md")
    document = Document(path, Path(path), Source(str(path), ""), None, 0)
    name = str(data.get("name") or stem)
    return Agent(document, name, None, {**data, "name": name})


def front_matter(text: str) -> tuple[dict[str, Data], str]:
    """Read a file as clients do: YAML between the first two lines of three hyphens."""
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    return yaml.safe_load(head), body


@pytest.mark.parametrize("target", YAML_HEADED, ids=lambda target: target.name)
@given(name=st.one_of(texts, hostile), description=descriptions, body=bodies)
def test_front_matter_reads_back(target: Target, name: str, description: str, body: str) -> None:
    agent = agent_of({"name": name.strip(), "description": description, "tools": ["read"]})
    text = translate(target, agent, (), f"{body}\n", {}).text
    assert text.startswith("---\n")
    keys, read = front_matter(text)
    assert read == f"{body}\n"
    meant = " ".join(description.split())
    if target.name in DESCRIBED:
        assert keys.get("description", "") == meant
    if target.name in SLUGGED:
        assert keys["name"] == slug_of(agent)
    told = {"copilot": "name", "gemini": "display_name"}.get(target.name)
    if told is not None:
        assert keys.get(told, slug_of(agent)) == " ".join(agent.name.split())
    words = target.native.vocabulary  # type: ignore[union-attr]
    if words is not None:
        given = keys.get("permission", keys.get("tools"))
        assert isinstance(given, (dict, list))
        assert [each for each in given if each != "*"] == list(words.names["read"])
    assert all(value not in (None, "", [], {}) for value in keys.values())
    assert set(keys) <= set(target.native.known)  # type: ignore[union-attr]
    assert frontmatter.loads(text).metadata == keys


@given(name=st.one_of(texts, hostile), description=descriptions, body=bodies)
def test_toml_reads_back(name: str, description: str, body: str) -> None:
    agent = agent_of({"name": name.strip(), "description": description})
    text = translate(TARGETS["codex"], agent, (), f"{body}\n", {}).text
    read = tomllib.loads(text)
    assert read["developer_instructions"] == f"{body}\n"
    assert read["name"] == slug_of(agent)
    assert read.get("description", "") == " ".join(description.split())


@given(st.lists(st.tuples(texts, descriptions, bodies), min_size=1, max_size=3))
def test_modes_in_one_file_read_back(written: list[tuple[str, str, str]]) -> None:
    target = TARGETS["roo"]
    assert target.native is not None
    assert target.native.combine is not None
    parts = []
    for name, description, body in written:
        agent = agent_of({"name": name.strip(), "description": description})
        parts.append(translate(target, agent, (), f"{body}\n", {}).text)
    modes = yaml.safe_load(target.native.combine(parts))["customModes"]
    assert [mode["roleDefinition"] for mode in modes] == [f"{body}\n" for _, _, body in written]
    assert [mode["name"] for mode in modes] == [
        " ".join(name.split()) or "the-agent" for name, _, _ in written
    ]
    assert [mode["slug"] for mode in modes] == [slug(name) or "the-agent" for name, _, _ in written]
    assert [mode.get("whenToUse", "") for mode in modes] == [
        " ".join(description.split()) for _, description, _ in written
    ]


@given(st.text())
def test_slugs_are_names_that_every_client_takes(text: str) -> None:
    made = slug(text)
    assert len(made) <= LONGEST_SLUG
    assert made == slug(made)
    assert not made or all(word.isalnum() and word.isascii() for word in made.split("-"))


@pytest.mark.parametrize("target", NATIVE, ids=lambda target: target.name)
def test_every_generic_tool_is_translated_or_said_to_be_missing(target: Target) -> None:
    assert target.native is not None
    words = target.native.vocabulary
    if words is None:
        return
    assert set(words.names) <= set(GENERIC)
    for name in GENERIC:
        made = vocabulary.translate([name], words, {})
        assert not made.unknown
        assert made.without == (() if name in words.names else (name,))
        if name in IMPLIED and "read" in words.names and words.names.get(name):
            assert set(words.names["read"]) <= set(made.names)
    own = vocabulary.translate(sorted(words.own), words, {})
    assert (own.unknown, own.without) == ((), ())
    assert words.own <= set(own.names)


@pytest.mark.parametrize("target", NATIVE, ids=lambda target: target.name)
def test_tools_of_one_client_mean_the_same_to_another(target: Target) -> None:
    assert target.native is not None
    words = target.native.vocabulary
    if words is None:
        return
    for generic, names in words.names.items():
        for name in names:
            if "/" not in name and not name.startswith("@") and (words.mcp or "") != name:
                assert vocabulary.generic_names(name) or name in words.own, (generic, name)


def test_other_words_lead_to_generic_names() -> None:
    for meaning in (*ALIASES.values(), *SETS.values()):
        assert set(meaning) <= set(GENERIC)


def test_the_schema_of_agents_is_what_the_tables_say() -> None:
    shipped = json.loads((ROOT / "schemas" / "agent.schema.json").read_text())
    assert shipped == agent_json_schema(TARGETS.values())
    jsonschema_rs.meta.validate(shipped)


AGENTS = sorted(ROOT.glob("agents/[!_]*.md"))


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.stem)
def test_the_library_fits_the_schema_of_agents(path: Path) -> None:
    keys = frontmatter.loads(path.read_text()).metadata
    jsonschema_rs.validate(agent_json_schema(TARGETS.values()), keys)


@pytest.mark.parametrize(
    "keys",
    [
        {"tools": []},
        {"description": 3},
        {"targets": {"cluade": {}}},
        {"targets": {"claude": {"colour": "red"}}},
        {"targets": {"opencode": {"mode": "agent"}}},
    ],
)
def test_the_schema_of_agents_finds_what_is_wrong(keys: dict[str, Data]) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(agent_json_schema(TARGETS.values()), keys)


def test_the_page_is_what_the_tables_say() -> None:
    assert (ROOT / "docs" / "targets.md").read_text() == page.as_markdown(TARGETS.values())


@pytest.mark.parametrize("name", [name for name in TARGETS if name != "markdown"])
def test_the_sample_becomes_an_agent_for_every_client(name: str, tmp_path: Path) -> None:
    sample = ROOT / "tests" / "data" / "sample.md"
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "ml-engineer.md").write_bytes(sample.read_bytes())
    loaded = agentgen.load(tmp_path, values={"project.name": "tidecast"})
    rendered = agentgen.render(loaded, name)
    assert [each.path for each in rendered.artifacts] == [TARGETS[name].path(loaded.selected[0])]
    assert not [each for each in rendered.diagnostics if each.rule == "unknown-tool"]
    assert not [each for each in rendered.diagnostics if each.severity is Severity.ERROR]
