"""One library, many projects: each to its own folder, all or nothing, in independent shards."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentgen.fleet import Shard, find_members, parse_shard
from agentgen.manifest import NAME
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Job, Limits, Setup
from agentgen.workers import Workers
from conftest import Run, run_agentgen

AGENT = "---\nname: {0}\ndescription: d\n---\n{0} of {{{{ schema.project.name }}}}"
PROJECTS = ("apple", "pear", "quince")
FOR_EACH = ("render", "--for-each", "packages/*/project.yaml")


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents/one.md").write_text(AGENT.format("one") + " by {{ schema.owner }}\n")
    (tmp_path / "agents/two.md").write_text(AGENT.format("two") + "\n")
    (tmp_path / "common.yaml").write_text("owner: everyone\nproject: {name: nobody}\n")
    for name in PROJECTS:
        (tmp_path / "packages" / name).mkdir(parents=True)
        schema = f"project: {{name: {name}}}\n" + ("owner: pear\n" if name == "pear" else "")
        (tmp_path / "packages" / name / "project.yaml").write_text(schema)
    return tmp_path


def render(root: Path, *arguments: str) -> Run:
    return run_agentgen(*FOR_EACH, "-s", "common.yaml", *arguments, cwd=root)


def outputs(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("one.md"))


def test_each_project_is_rendered_to_its_own_folder(root: Path) -> None:
    run = render(root, "-o", "{dir}")
    assert (run.code, run.stderr) == (0, "6 files written to 3 projects\n")
    for name in PROJECTS:
        folder = root / "packages" / name
        owner = "pear" if name == "pear" else "everyone"
        assert (folder / "agents/one.md").read_text().endswith(f"one of {name} by {owner}\n")
        manifest = json.loads((folder / NAME).read_text())
        assert [each["path"] for each in manifest["artifacts"]] == [
            "agents/one.md",
            "agents/two.md",
        ]
    assert render(root, "-o", "{dir}").stderr == "6 unchanged in 3 projects\n"
    assert render(root, "-o", "{dir}", "--check").code == 0


def test_every_part_of_an_output_is_there(root: Path) -> None:
    assert render(root, "-o", "out/{dir}/{name}-{stem}").code == 0
    expected = [f"out/packages/{name}/{name}-project/agents/one.md" for name in PROJECTS]
    assert outputs(root / "out") == [each.removeprefix("out/") for each in expected]
    assert render(root).code == 0  # {dir}/build
    assert (root / "packages/pear/build/agents/one.md").exists()


@pytest.mark.parametrize(
    ("output", "expected"), [("dist", "packages/pear/dist"), ("out/{name}", "out/pear")]
)
def test_the_settings_say_where_each_goes(output: str, expected: str, root: Path) -> None:
    (root / "agentgen.toml").write_text(f"output = '{output}'\n")
    assert render(root).code == 0
    assert (root / expected / "agents/one.md").exists()
    assert not (root / "packages/pear/build").exists()


def test_one_project_that_fails_keeps_all_from_being_written(root: Path) -> None:
    (root / "packages/pear/project.yaml").write_text("project: 1\n")
    (root / "agents/two.md").write_text(
        AGENT.format("two") + "{% if schema.project.name == 'quince' %}{{ nope }}{% endif %}\n"
    )
    run = render(root, "-o", "{dir}")
    assert run.code == 2
    assert "packages/pear/project.yaml:1:10: error[invalid-schema]" in run.stderr
    assert "agents/two.md:5:76: error[undefined-variable]: `nope` is undefined" in run.stderr
    assert "note: for the project `packages/quince/project.yaml`" in run.stderr
    assert outputs(root / "packages") == []


def test_a_problem_of_all_projects_is_told_once(root: Path) -> None:
    (root / "agents/two.md").write_text("{{ nope }}\n")
    run = render(root, "-o", "{dir}")
    assert run.code == 2
    assert run.stderr.count("error[") == 1
    assert "for the project" not in run.stderr


def test_one_edit_keeps_all_from_being_written(root: Path) -> None:
    assert render(root, "-o", "{dir}").code == 0
    edited = root / "packages/quince/agents/one.md"
    edited.write_text("Edited.\n")
    (root / "common.yaml").write_text("owner: nobody\n")
    before = (root / "packages/apple/agents/one.md").read_text()
    run = render(root, "-o", "{dir}")
    assert run.code == 2
    assert "packages/quince/agents/one.md: error[edited-output]" in run.stderr
    assert (root / "packages/apple/agents/one.md").read_text() == before
    checked = render(root, "-o", "{dir}", "--check", "--format", "json")
    assert checked.code == 1
    projects = json.loads(checked.stdout)["projects"]
    assert [each["name"] for each in projects] == [
        f"packages/{name}/project.yaml" for name in PROJECTS
    ]
    drifts = [[file["drift"] for file in each["files"]] for each in projects]
    assert drifts == [["stale", None], [None, None], ["edited", None]]


@pytest.mark.parametrize("output", ["dist", "{dir}/../../dist", "{dir}/dist"])
def test_two_projects_in_one_folder_are_an_error(output: str, root: Path) -> None:
    for name in PROJECTS:
        (root / "packages" / name / "dist").symlink_to(root / "dist")
    run = render(root, "-o", output)
    assert run.code == 2
    assert run.stderr.count("error[artifact-clash]") == 2
    help = "write `{dir}` into `--output`" if output == "dist" else "that is `packages/apple/"
    assert run.stderr.count(f"help: {help}") == 2
    assert not (root / "dist").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "{folder}"), "there is no `{folder}` for an output"),
        (("--shard", "0/2"), "`0/2` is not a shard"),
        (("--shard", "3/2"), "`3/2` is not a shard"),
        (("--shard", "x"), "`x` is not a shard"),
    ],
)
def test_what_makes_no_sense_is_an_error(
    arguments: tuple[str, ...], message: str, root: Path
) -> None:
    run = render(root, *arguments)
    assert run.code == 2
    assert f"error[invalid-option]: {message}\n" in run.stderr


def test_nothing_that_matches_is_an_error(root: Path) -> None:
    run = run_agentgen("render", "--for-each", "apps/*.yaml", cwd=root)
    assert (run.code, run.stderr.splitlines()[0]) == (
        2,
        "error[missing-file]: no file matches `apps/*.yaml`",
    )


def test_a_shard_may_be_empty(tmp_path: Path, root: Path) -> None:
    runs = [render(root, "-o", "{dir}", "--shard", f"{number}/7") for number in range(1, 8)]
    assert {run.code for run in runs} == {0}
    said = [run.stderr for run in runs]
    assert said.count("none of the projects is in this shard\n") >= 4
    assert all(said)
    assert outputs(root / "packages") == [f"{name}/agents/one.md" for name in PROJECTS]


@given(
    st.sets(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), max_size=30),
    st.integers(1, 12),
)
def test_the_shards_together_hold_each_project_exactly_once(names: set[str], count: int) -> None:
    shards = [parse_shard(f"{number}/{count}") for number in range(1, count + 1)]
    for name in names:
        assert [shard.holds(name) for shard in shards].count(True) == 1


def test_a_shard_is_stable() -> None:
    """The slice of a name depends on nothing but the name: not on the machine, nor on others."""
    names = [f"packages/p{number}/project.yaml" for number in range(12)]
    slices = [[Shard(number, 3).holds(name) for number in (1, 2, 3)].index(True) for name in names]
    assert slices == [2, 0, 0, 0, 0, 1, 2, 0, 1, 0, 2, 0]


def test_a_name_does_not_depend_on_where_the_tree_lies(root: Path) -> None:
    members = [
        find_members(root, str(pattern), "{dir}", Shard())
        for pattern in ("packages/*/project.yaml", root / "packages/*/project.yaml")
    ]
    assert members[0] == members[1]


def test_shards_of_a_tree(root: Path) -> None:
    whole = find_members(root, "packages/*/project.yaml", "{dir}", Shard())
    slices = [
        find_members(root, "packages/*/project.yaml", "{dir}", Shard(number, 2))
        for number in (1, 2)
    ]
    assert sorted(member.name for each in slices for member in each) == [
        member.name for member in whole
    ]


def test_a_depfile_of_a_fleet_names_everything(root: Path) -> None:
    assert render(root, "-o", "{dir}/out", "--depfile", "d", "--stamp", "s").code == 0
    text = (root / "d").read_text()
    assert text.startswith("s: ")
    for name in PROJECTS:
        assert f"  packages/{name}/project.yaml \\\n" in text
        assert f"  packages/{name}/out/agents/one.md" in text
    assert text.count("  common.yaml \\\n") == 1


def setup(schema: dict[str, object], **changes: float) -> Setup:
    return Setup(Undefined.GUARDED, Whitespace.JINJA, ("", ""), schema, Limits(**changes))  # type: ignore[arg-type]


def test_workers_keep_their_templates_for_the_next_project() -> None:
    texts = {"partials/p.md": "{% set n = namespace(x=0) %}{% macro m() %}{% set n.x = n.x + 1 %}"}
    texts["partials/p.md"] += "{{ n.x }} {{ schema }}{% endmacro %}"

    def find(name: str, parent: str) -> tuple[str, str]:
        sought.append(name)
        return name, texts[name]

    sought: list[str] = []
    text = "{% from 'partials/p.md' import m with context %}{{ m() }} {{ schema.nope }}"
    jobs = [Job("agents/a.md", text, "markdown")]
    with Workers(most=1) as workers:
        pids = []
        for number in range(3):
            (found,) = workers.perform(jobs, setup({"nope": number}), find)
            assert found.body == f"1 {{'nope': {number}}} {number}"
            pids.append(workers._idle[0].process.pid)
        (found,) = workers.perform(jobs, setup({}), find)
        (problem,) = found.problems
        assert (problem.rule, problem.frames[-1].line) == ("undefined-variable", 1)
        assert problem.frames[-1].template == "agents/a.md"
        assert len(set(pids)) == 1
        assert sought == ["partials/p.md"]
        workers.perform(jobs, setup({"nope": 1}, time=1.5), find)
        assert workers._idle[0].process.pid not in pids
