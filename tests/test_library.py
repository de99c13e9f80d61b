"""The library that ships: it lints clean and reads well for every example schema, and for none."""

import json
import re
import shutil
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from agentgen.schema import SchemaFile, load_schema
from agentgen.targets import TARGETS
from conftest import ROOT, run_agentgen

EXAMPLES = [ROOT / "schemas" / "project.yaml", *sorted((ROOT / "schemas/examples").glob("*.yaml"))]
SILENT = {"empty": "", "name-only": "project: {name: x}\n"}
AGENTS = {
    "api-designer", "backend-developer", "code-reviewer", "data-engineer", "data-scientist",
    "database-engineer", "debugger", "devops-engineer", "frontend-developer", "ml-engineer",
    "mobile-developer", "performance-engineer", "release-manager", "security-auditor",
    "technical-writer", "test-engineer",
}  # fmt: skip
READ_ONLY = {"code-reviewer", "security-auditor"}
SETTINGS = f"targets = {list(TARGETS)}\n\n[lint]\nmax-tokens = 1500\n"
COMMANDS = json.loads((ROOT / "schemas/project.schema.json").read_bytes())["properties"][
    "commands"
]["properties"]
FENCE = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`\n]+`")
HEADING = re.compile(r"(#+) ")
LINK = re.compile(r"\]\((?:\.\./prompts/)?([\w-]+)\.md\)")
# What a template leaves behind when it prints an empty list, an empty text or nothing at all.
HOLES = re.compile(r"\bNone\b|\bUndefined\b|``|, ,| [,;.](\s|$)|\(\)|\*\*\*\*|\[\]|: *, | {2,}\S")


@dataclass(frozen=True)
class Rendered:
    """What became of the library with one project schema."""

    name: str
    folder: Path

    def texts(self, kind: str) -> dict[str, str]:
        return {path.stem: path.read_text() for path in sorted((self.folder / kind).glob("*.md"))}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the library whose settings ask for every target, and hold a budget."""
    folder = tmp_path_factory.mktemp("library")
    for name in ("agents", "prompts", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "agentgen.toml").write_text(SETTINGS)
    return folder


@pytest.fixture(scope="module", params=[*EXAMPLES, *SILENT], ids=lambda each: Path(each).stem)
def schema(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if isinstance(request.param, Path):
        return request.param
    path = tmp_path_factory.mktemp("schema") / f"{request.param}.yaml"
    path.write_text(SILENT[request.param])
    return path


@pytest.fixture(scope="module")
def rendered(schema: Path, tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    folder = tmp_path_factory.mktemp("out")
    run = run_agentgen("render", "-q", "-s", str(schema), "-o", str(folder), cwd=ROOT)
    assert (run.code, run.stdout, run.stderr) == (0, "", "")
    return Rendered(schema.stem, folder)


def body(text: str) -> str:
    """Return what stands after the front matter, without code blocks."""
    return FENCE.sub("CODE", text.split("\n---\n", 1)[1])


def front_matter(text: str) -> dict[str, str]:
    parsed: dict[str, str] = yaml.safe_load(text.split("---\n", 2)[1])
    return parsed


def read(schema: Path) -> dict[str, Any]:
    return load_schema((SchemaFile(schema, schema.name),))[0].data


def test_the_example_schemas_are_there() -> None:
    names = {path.stem for path in EXAMPLES}
    assert names >= {"project", "minimal", "python-ml", "web-monorepo", "polyglot-service"}


def test_it_lints_clean_and_stays_within_its_budget(library: Path, schema: Path) -> None:
    arguments = ("--warnings-as-errors", "-t", "markdown", "-s", str(schema))
    run = run_agentgen("lint", *arguments, cwd=library)
    assert run.code == 0, run.stdout + run.stderr


def test_it_lints_clean_for_every_target(library: Path) -> None:
    run = run_agentgen("lint", "--warnings-as-errors", cwd=library)
    assert run.code == 0, run.stdout + run.stderr


def test_whatever_a_schema_says_reaches_some_agent_or_prompt(schema: Path) -> None:
    rules = ("--select", "unused-schema-key", "--select", "unknown-role")
    run = run_agentgen("lint", "--warnings-as-errors", *rules, "-s", str(schema), cwd=ROOT)
    assert run.code == 0, run.stdout + run.stderr


def test_what_it_holds(rendered: Rendered, schema: Path) -> None:
    unwanted = {each["role"] for each in read(schema)["agents"] if not each["enabled"]}
    assert set(rendered.texts("agents")) >= AGENTS - unwanted
    assert unwanted.isdisjoint(rendered.texts("agents"))
    assert len(rendered.texts("prompts")) >= 20


def test_every_prompt_is_linked_from_an_agent(rendered: Rendered) -> None:
    linked = {
        link for text in rendered.texts("agents").values() for link in LINK.findall(body(text))
    }
    assert linked == set(rendered.texts("prompts"))


@pytest.mark.parametrize("kind", ["agents", "prompts"])
def test_nothing_is_left_dangling(rendered: Rendered, kind: str) -> None:
    for name, text in rendered.texts(kind).items():
        prose = body(text)
        assert "\n\n\n" not in prose, name
        words = CODE.sub("CODE", prose).splitlines()
        assert not [line for line in words if HOLES.search(line.lstrip())], name
        lines = [line for line in prose.splitlines() if line] + ["# the end"]
        for line, following in pairwise(lines):
            levels = [match and len(match[1]) for match in map(HEADING.match, (line, following))]
            if levels[0] and levels[1]:
                assert levels[1] > levels[0], f"{name}: nothing below {line!r}"


def test_the_projects_own_words_are_used(rendered: Rendered, schema: Path) -> None:
    loaded = read(schema)
    for name, text in rendered.texts("agents").items():
        assert loaded["project"]["name"] in text, name
        for lang in loaded["languages"]:
            assert all(word in text for word in (*lang["frameworks"], *lang["testing"])), name
        for command in loaded["commands"].values():
            assert f"`{command}`" in text, name
        for rule in loaded["conventions"].values():
            assert rule.strip() in text, name


def test_values_in_block_form_stay_within_their_sentences(tmp_path: Path) -> None:
    commands = {name: f"make {name}\nmake sure\n" for name in COMMANDS}
    schema = {
        "languages": [{"name": "go"}],
        "commands": commands,
        "paths": {"source": "src\n"},
        "conventions": {"style": "No globals.\n- No panics.\n"},
    }
    (tmp_path / "project.yaml").write_text(yaml.safe_dump(schema))
    run = run_agentgen(
        "render", "-q", "-s", f"{tmp_path}/project.yaml", "-o", str(tmp_path), cwd=ROOT
    )
    assert run.code == 0, run.stderr
    rendered = Rendered("blocks", tmp_path)
    for name, text in [*rendered.texts("agents").items(), *rendered.texts("prompts").items()]:
        split = [line for line in body(text).splitlines() if line.count("`") % 2]
        assert not split, name
    for text in rendered.texts("agents").values():
        assert "- **Style**: No globals.\n  - No panics.\n" in text


@pytest.mark.parametrize("lang", ["python", "typescript", "go", "rust", "java", "kotlin", "elixir"])
def test_an_image_is_explained_for_each_language(lang: str, tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text(f"languages: [{{name: {lang}, version: '1.2'}}]\n")
    agent = ["render", "devops-engineer", "-q", "-s", f"{tmp_path}/project.yaml"]
    run = run_agentgen(*agent, "-o", str(tmp_path), cwd=ROOT)
    assert run.code == 0, run.stderr
    text = (tmp_path / "prompts/containerization.md").read_text()
    assert ("```dockerfile" in text) != ("The first has the compiler" in text)


def test_a_scope_reaches_its_agent_and_no_other(rendered: Rendered, schema: Path) -> None:
    loaded = read(schema)
    scopes = {each["role"]: each["scope"] for each in loaded["agents"]}
    for name, text in rendered.texts("agents").items():
        said = re.search(r"^- \*\*(Yours to change|Your part)\*\*: (.*)", text, re.MULTILINE)
        assert bool(said) == bool(scopes.get(name)), name
        if said:
            assert all(f"`{glob}`" in said[2] for glob in scopes[name])
            assert (said[1] == "Your part") == (name in READ_ONLY)


def test_agents_say_when_to_use_them_and_ask_for_no_more_tools_than_they_need() -> None:
    run = run_agentgen("list", "--json", cwd=ROOT)
    listed = json.loads(run.stdout)
    assert {agent["name"] for agent in listed["agents"]} >= AGENTS
    for path in sorted((ROOT / "agents").glob("[!_]*.md")):
        front = front_matter(path.read_text())
        tools = front["tools"].split(", ")
        assert front["name"] == path.stem
        assert "Use " in front["description"]
        assert ": " not in front["description"]
        assert "\n" not in front["description"]
        assert len(front["description"]) < 250
        assert "read" in tools
        assert ("edit_file" in tools) == (path.stem not in READ_ONLY)


def test_the_readme_lists_every_agent() -> None:
    section = (ROOT / "README.md").read_text().split("## The library\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)) == AGENTS
    assert {path.stem for path in (ROOT / "agents").glob("[!_]*.md")} == AGENTS


def test_a_project_renders_one_of_them_from_a_checkout(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/project.yaml").write_text("project: {name: harbor}\n")
    run = run_agentgen("render", str(ROOT / "agents/debugger.md"), cwd=tmp_path)
    assert run.code == 0, run.stderr
    text = (tmp_path / "build/agents/debugger.md").read_text()
    assert "You are the debugger of harbor." in text
    prompts = {path.stem for path in (tmp_path / "build/prompts").iterdir()}
    assert prompts >= set(LINK.findall(text)) != set()


def described(shape: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return every field of the JSON Schema, with its path."""
    found = [(path, shape)]
    for name, child in shape.get("properties", {}).items():
        found += described(child, f"{path}.{name}")
    if "type" in shape.get("items", {}) and "properties" in shape["items"]:
        found += described(shape["items"], f"{path}[]")
    return found


@pytest.mark.parametrize("version", [3.12, 22, "3.12"])
def test_an_editor_takes_a_version_without_quotes_as_agentgen_does(version: object) -> None:
    document = json.loads((ROOT / "schemas/project.schema.json").read_bytes())
    data = {"project": {"version": version}, "languages": [{"name": "go", "version": version}]}
    assert jsonschema_rs.Draft202012Validator(document).is_valid(data)


def test_every_field_of_the_json_schema_is_described_with_examples_that_are_valid() -> None:
    document = json.loads((ROOT / "schemas/project.schema.json").read_bytes())
    fields = described(document)
    assert len(fields) > 30
    for path, field in fields:
        assert field["title"], path
        assert field["description"].endswith("."), path
        if field.get("type") in ("string", "array") and "properties" not in field.get("items", {}):
            assert field["examples"], path
        for example in field.get("examples", []):
            assert jsonschema_rs.is_valid(field, example), f"{path}: {example}"
