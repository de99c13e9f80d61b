"""`init`: what the golden cases begin with works, and nothing that a repository holds breaks it."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agentgen import api, creator, repository, starting
from agentgen.creator import NewFile
from agentgen.detection import REASONS, Detected, Tree, as_text, detect
from agentgen.detection.surroundings import web_address
from agentgen.diagnostics import AgentgenError, Severity
from agentgen.lint import lint
from agentgen.schema import SchemaFile, load_schema
from agentgen.workers import Workers
from conftest import ROOT, Agentgen, on_a_terminal

CASES = sorted(path.parent for path in (ROOT / "tests/golden/init").glob("*/cmd"))
REPOSITORIES = [case for case in CASES if (case / "cmd").read_text().strip() == "init"]
SAMPLES = [
    (path.relative_to(case / "input").as_posix(), path.read_text())
    for case in REPOSITORIES
    for path in sorted((case / "input").rglob("*"))
    if path.is_file()
]
GO = {"go.mod": "module example.org/buoy\n\ngo 1.23\n", "main.go": "package main\n"}
WriteTree = Callable[[dict[str, str]], Path]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers() as shared:
        yield shared


def test_there_are_repositories_of_many_kinds() -> None:
    assert len(REPOSITORIES) >= 12
    assert len({name for name, _ in SAMPLES}) > 60


@pytest.mark.parametrize("case", REPOSITORIES, ids=lambda case: case.name)
def test_what_it_writes_lints_clean_and_renders(
    case: Path, tmp_path: Path, workers: Workers
) -> None:
    targets = ("claude", "copilot", "codex") if case.name == "polyglot" else ()
    if (case / "input").is_dir():
        shutil.copytree(case / "input", tmp_path, dirs_exist_ok=True)
    plan = starting.plan(starting.look(tmp_path), None, targets, workers)
    starting.start(plan)
    loaded = api.load(tmp_path)
    wanted = api.find_targets((), loaded.settings)
    assert [target.name for target in wanted] == (list(targets) or ["markdown"])
    found = lint(loaded, wanted, workers, loaded.settings.lint)
    assert not [each for each in found if each.severity is not Severity.NOTE]
    assert api.render(loaded, wanted[0].name, workers=workers).artifacts
    assert starting.compare(starting.look(tmp_path)) == ()


def test_the_written_project_is_one_for_the_command_line_too(
    agentgen: Agentgen, write_tree: WriteTree
) -> None:
    root = write_tree(GO)
    assert agentgen("init", "-q", "-t", "claude").code == 0
    assert agentgen("lint", "--warnings-as-errors").code == 0
    assert agentgen("render").code == 0
    assert (root / ".claude/agents/code-reviewer.md").is_file()
    assert agentgen("init", "--update").code == 0
    again = agentgen("init")
    assert (again.code, "0 files written" in again.stderr) == (0, True)


def test_every_agent_of_the_library_can_fit() -> None:
    shipped = {path.stem for path in (ROOT / "agents").glob("[!_]*.md")}
    assert set(REASONS) == shipped


def test_every_agent_of_the_library_comes_with_what_it_needs(
    tmp_path: Path, workers: Workers
) -> None:
    plan = starting.plan(starting.look(tmp_path), "all", (), workers)
    starting.start(plan)
    for folder in ("agents", "prompts"):
        shipped = {path.name for path in (ROOT / folder).glob("*.md")}
        assert {path.name for path in (tmp_path / folder).iterdir()} == shipped


def test_a_library_inside_of_a_project_knows_nothing_of_it(
    write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    root = write_tree({"agentgen.toml": 'agents = "nowhere"\n', **GO})
    installed = root / ".venv/lib/agentgen/library"
    for folder in ("agents", "prompts", "schemas"):
        shutil.copytree(ROOT / folder, installed / folder)
    monkeypatch.setattr(starting, "library", lambda: installed)
    plan = starting.plan(starting.look(root), "debugger", (), workers)
    assert PurePosixPath("nowhere/debugger.md") in {each.path for each in plan.new}


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("git@github.com:example/buoy.git", "https://github.com/example/buoy"),
        ("https://x-access-token:s3cret@github.com/example/buoy.git", "https://github.com/example/buoy"),
        ("https://s3cret@example.org:8443/a/b?token=s3cret#s3cret", "https://example.org/a/b"),
        ("ssh://git@example.org:2222/a/b.git", "https://example.org/a/b"),
        ("git+https://github.com/example/buoy.git", "https://github.com/example/buoy"),
        ("scm:git:git@github.com:example/buoy.git", "https://github.com/example/buoy"),
        ("scm:git:https://github.com/example/buoy", "https://github.com/example/buoy"),
        ("github:example/buoy", "https://github.com/example/buoy"),
        ("example/buoy", "https://github.com/example/buoy"),
        ("gitlab:example/buoy", "https://gitlab.com/example/buoy"),
        ("/srv/git/buoy.git", None),
        ("../buoy", None),
        ("file:///srv/git/buoy.git", None),
        ("https://[::1", None),
        ("https://example.org/a b", None),
        ("https://example.org/`reboot`", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)  # fmt: skip
def test_addresses_hold_no_secrets(url: str, shown: str | None) -> None:
    assert web_address(url) == shown


def test_the_remote_is_read_from_git(agentgen: Agentgen, write_tree: WriteTree) -> None:
    config = (
        "[core]\n\tbare = false\n"
        '[remote "fork"]\n\turl = https://example.org/fork\n'
        '[remote "origin"]\n\turl = https://me:s3cret@example.org/team/buoy.git\n'
        "\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
    )
    write_tree({".git/config": config})
    run = agentgen("init", "--detect")
    assert 'repository: "https://example.org/team/buoy"  # .git/config:6\n' in run.stdout
    assert "name: buoy  # .git/config:6\n" in run.stdout
    assert "s3cret" not in run.stdout + run.stderr


def test_links_lead_nowhere(
    write_tree: WriteTree, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "go.mod").write_text("module example.org/secret\n")
    root = write_tree({"a.txt": ""})
    (root / "go.mod").symlink_to(elsewhere / "go.mod")
    (root / "app").symlink_to(elsewhere)
    (root / "loop").symlink_to(root)
    (root / ".git").symlink_to(elsewhere)
    assert repository.read_repository(root).files == {"a.txt"}


@pytest.mark.parametrize("name", ["agents", "schemas", "schemas/project.yaml", "agentgen.toml"])
def test_nothing_is_written_through_a_link(
    name: str, agentgen: Agentgen, write_tree: WriteTree, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    root = write_tree(GO)
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).symlink_to(elsewhere / "not-there")
    run = agentgen("init")
    assert run.code == 2, run.stderr
    assert "Traceback" not in run.stderr
    assert not list(elsewhere.iterdir())
    first = name.partition("/")[0]
    assert {path.name for path in root.iterdir()} <= {"go.mod", "main.go", first}


def test_odd_files_are_passed_over(agentgen: Agentgen, write_tree: WriteTree) -> None:
    root = write_tree({"Cargo.toml": "#" * (1024 * 1024 + 1), **GO})
    (root / "composer.json").write_bytes(b"\xff{}")
    os.mkfifo(root / "package.json")
    (root / "Gemfile").mkdir()
    run = agentgen("init", "--detect", "--json")
    assert run.code == 0
    said = {each["path"]: each["reason"] for each in json.loads(run.stdout)["passed_over"]}
    assert said == {"Cargo.toml": "it is larger than 1 MiB", "composer.json": "it is not UTF-8"}


LONG_KEY = ".".join("a" * 200_000)
NINES = "9" * 5_000


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("Cargo.toml", f"[{LONG_KEY}]\n", "it is not TOML"),
        ("pyproject.toml", f"{LONG_KEY} = 1\n", "it is not TOML"),
        ("pyproject.toml", f'[project]\nrequires-python = "=={NINES}"\n', None),
        ("requirements.txt", f"a=={NINES}\n", None),
        ("environment.yml", "dependencies: &a [*a]\n", "an anchor (`&name`) is not allowed here"),
        ("pubspec.yaml", "[" * 1000, "this is nested more than 20 levels deep"),
        ("pom.xml", "<a>" * 100_000 + "</a>" * 100_000, None),
        ("package.json", "[" * 100_000, "it is not JSON"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "read",
)
def test_a_hostile_manifest_ends_with_a_word(
    name: str, text: str, reason: str | None, agentgen: Agentgen, write_tree: WriteTree
) -> None:
    write_tree({name: text})
    run = agentgen("init", "--detect", "--json")
    assert run.code == 0, run.stderr
    said = [each["reason"] for each in json.loads(run.stdout)["passed_over"]]
    assert said == ([] if reason is None else [reason])


def test_manifests_are_read_up_to_a_size_of_all(
    write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_tree(GO | {f"{name}/Cargo.toml": "# " + "x" * 100 for name in "abc"})
    assert repository.read_repository(root).is_whole
    monkeypatch.setattr(repository, "MOST_BYTES", 150)
    tree = repository.read_repository(root)
    assert (set(tree.texts), tree.is_whole) == ({"go.mod", "a/Cargo.toml"}, False)


def test_where_a_value_is_from_is_where_it_stands() -> None:
    package = {
        "name": "react",
        "description": "vite, for react",
        "scripts": {"jest": "jest", "test": "jest"},
        "dependencies": {"react": "^19"},
        "devDependencies": {"jest": "^29"},
        "version": "1.0.0",
        "jest": {"name": "x", "version": "2"},
    }
    text = json.dumps(package, indent=2)
    detected = detect(Tree(frozenset({"package.json"}), {"package.json": text}))
    lines = text.splitlines()
    found = {
        key[-1]: lines[each.line - 1].strip()
        for key, value in detected.values.items()
        for each in value.places
        if each.line
    }
    assert found == {
        "name": '"name": "react",',
        "description": '"description": "vite, for react",',
        "version": '"version": "1.0.0",',
        "frameworks": '"react": "^19"',
        "testing": '"jest": "^29"',
        "test": '"test": "jest"',
    }


@pytest.mark.parametrize(
    ("files", "language"),
    [
        ({"package.json": '{"devDependencies": {"typescript": "5"}}', "a.js": ""}, "javascript"),
        ({"package.json": "{}", "a.ts": "", "b.ts": "", "a.js": ""}, "typescript"),
        ({"package.json": "{}", "a.d.ts": ""}, "javascript"),
        ({"package.json": "{}", "a.js": "", "tsconfig.json": "{}"}, "typescript"),
    ],
    ids=["looked-at", "written", "declared", "set-up"],
)
def test_typescript_is_what_is_written_in_it(files: dict[str, str], language: str) -> None:
    assert detect(Tree(frozenset(files), files)).languages == (language,)


@pytest.mark.parametrize(
    ("recipe", "command"),
    [
        ("test:", "just test"),
        ("test *args:", "just test"),
        ("test browser='firefox' *$args: build", "just test"),
        ("test where:", None),
        ("test +files:", None),
        ("test := 'x'", None),
    ],
)
def test_a_recipe_counts_if_it_needs_no_argument(recipe: str, command: str | None) -> None:
    text = f"{recipe}\n  run\n"
    value = detect(Tree(frozenset({"justfile"}), {"justfile": text})).below("commands").get("test")
    assert (value.said if value else None) == command


def test_there_is_an_end_to_what_is_looked_at(
    write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_tree({f"{n}.txt": "" for n in range(9)} | {"deep/" * 20 + "go.mod": "", **GO})
    assert not repository.read_repository(root).is_whole
    shutil.rmtree(root / "deep")
    assert repository.read_repository(root).is_whole
    monkeypatch.setattr(repository, "MOST_FILES", 5)
    tree = repository.read_repository(root)
    assert (len(tree.files), tree.is_whole) == (5, False)


def test_a_file_that_comes_to_be_is_kept_and_the_others_are_taken_back(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    files = [NewFile(PurePosixPath(name), b"new") for name in ("a", "b", "c")]
    with pytest.raises(AgentgenError, match="cannot write"):
        creator.create(files, tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b": "mine"}


def test_on_a_terminal_it_asks_nothing(write_tree: WriteTree) -> None:
    root = write_tree(GO)
    shown = on_a_terminal(root, "init", "--agents", "debugger")
    assert "files written" in shown
    assert (root / "agents/debugger.md").is_file()


def is_whole(detected: Detected) -> None:
    """Assert that the text of a schema is valid, and says just what was detected."""
    text = as_text(detected)
    schema, _ = load_schema((SchemaFile(Path("x"), "x", text.encode()),))
    assert schema.tree is not None or not detected.data()
    assert (yaml.safe_load(text) or {}) == detected.data()


_WORDS = """
name version project tool poetry dependencies scripts test license repository url python
requires-python workspaces packageManager optional-dependencies uv dev django react
"""
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=30)
WORDS = st.sampled_from(_WORDS.split())
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5)
)


@given(st.sampled_from(["package.json", "composer.json", "a/package.json"]), JSON)
def test_any_json_gives_a_valid_schema(name: str, data: object) -> None:
    is_whole(detect(Tree(frozenset({name}), {name: json.dumps(data)})))


@given(st.data())
def test_any_change_to_a_manifest_gives_a_valid_schema(data: st.DataObject) -> None:
    texts = {}
    for name, text in data.draw(st.lists(st.sampled_from(SAMPLES), min_size=1, max_size=4)):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 12))
        texts[name] = text[:start] + data.draw(st.text(max_size=12)) + text[start + length :]
    is_whole(detect(Tree(frozenset(texts), texts)))


def test_what_is_marked_is_no_difference(agentgen: Agentgen, write_tree: WriteTree) -> None:
    lines = "project: # agentgen: keep\n  name: ours\nlanguages:\n  - name: go\n"
    text = lines + "    version: '1.20' {}\n"
    write_tree({"schemas/project.yaml": text.format(""), **GO})
    assert "languages.go.version: 1.23" in agentgen("init", "--update").stdout
    write_tree({"schemas/project.yaml": text.format("# agentgen: keep")})
    shown = agentgen("init", "--update").stdout
    assert "commands.test: go test ./..." in shown
    assert "project" not in shown
    assert "languages.go.version" not in shown
