"""Drift: what a check says, what a diff does, and that a check and a render agree."""

import json
import re
import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentgen.drift import Action, Drift, OnDisk, Scope, make_plan
from agentgen.manifest import Entry, Manifest, digest
from agentgen.model import Artifact
from agentgen.report.diff import as_diff, as_shown_diff
from conftest import ROOT, run_agentgen

GOLDEN = ROOT / "tests" / "golden" / "drift"
CASES = sorted(path for path in GOLDEN.iterdir() if (path / "input").is_dir())
PATH = PurePosixPath("a.md")
TEXTS = ["", "a\n", "b\n", "a", "a\r\n", "c\r\nd\r\n"]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_check_is_clean_if_and_only_if_a_render_has_nothing_to_do(
    case: Path, tmp_path: Path
) -> None:
    shutil.copytree(case / "input", tmp_path, symlinks=True, dirs_exist_ok=True)
    before = tree(tmp_path)
    checked = run_agentgen("render", "--check", cwd=tmp_path)
    assert tree(tmp_path) == before
    rendered = run_agentgen("render", cwd=tmp_path)
    assert (checked.code == 2) <= (rendered.code == 2)
    changed = {name for name, data in tree(tmp_path).items() if before.get(name) != data}
    if case.name == "no-manifest":  # which a project may keep out of version control
        assert changed == {"build/.agentgen-manifest.json"}
        return
    did_something = rendered.code == 2 or "warning[orphaned-output]" in rendered.stderr
    did_something |= tree(tmp_path) != before
    assert (checked.code == 0) == (not did_something)
    if rendered.code == 0 and "orphaned-output" not in rendered.stderr:
        assert run_agentgen("render", "--check", cwd=tmp_path).code == 0


def git(folder: Path, *words: str, data: bytes | None = None) -> None:
    subprocess.run(["git", *words], cwd=folder, input=data, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize("name", ["edited", "stale", "missing", "orphaned", "everything"])
@pytest.mark.parametrize("below", ["", "deep/er"])
def test_git_apply_takes_the_diff(name: str, below: str, tmp_path: Path) -> None:
    folder = tmp_path / below
    shutil.copytree(GOLDEN / name / "input", folder, dirs_exist_ok=True)
    git(tmp_path, "init", "-q")
    shown = run_agentgen("render", "--diff", cwd=folder)
    assert shown.code == 1
    git(folder, "apply", "--whitespace=nowarn", data=shown.stdout.encode())
    applied = tree(folder)
    shutil.rmtree(folder / "build")
    shutil.copytree(GOLDEN / name / "input" / "build", folder / "build")
    if name in {"edited", "everything"}:  # what is refused is part of the diff
        (folder / "build/agents/reviewer.md").unlink()
    assert run_agentgen("render", cwd=folder).code == 0
    assert tree(folder) == applied


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize(("output", "where"), [("build", ""), ("../elsewhere", "elsewhere")])
def test_a_diff_of_what_lies_elsewhere_applies_there(
    output: str, where: str, tmp_path: Path
) -> None:
    """In the project's folder, or below none in the output folder."""
    project, folder = tmp_path / "project", tmp_path / "agents"
    shutil.copytree(GOLDEN / "stale" / "input", project)
    shutil.copytree(project / "build", tmp_path / "elsewhere")
    folder.mkdir()
    there = ("-C", str(project), "-o", output)
    shown = run_agentgen("render", "--diff", *there, cwd=folder)
    assert shown.code == 1
    git(tmp_path / (where or "project"), "apply", data=shown.stdout.encode())
    assert run_agentgen("render", "--check", *there, cwd=folder).code == 0


def test_colors_know_names_of_files_from_lines_that_look_like_them() -> None:
    diff = as_diff("a.sql", b"-- old\nsame\n", b"same\nnew\n") + as_diff("b", b"x\n", None)
    assert re.findall(r"\x1b\[(\d+)m(.*?)\x1b", as_shown_diff(diff, color=True)) == [
        ("1", "--- a/a.sql"),
        ("1", "+++ b/a.sql"),
        ("36", "@@ -1,2 +1,2 @@"),
        ("31", "--- old"),
        ("32", "+new"),
        ("1", "--- a/b"),
        ("1", "+++ /dev/null"),
        ("36", "@@ -1 +0,0 @@"),
        ("31", "-x"),
    ]


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_what_git_makes_of_line_ends_is_no_drift(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "clean" / "input", tmp_path, dirs_exist_ok=True)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    shutil.rmtree(tmp_path / "build")
    git(tmp_path, "-c", "core.autocrlf=true", "checkout", "--", "build")
    assert b"\r\n" in (tmp_path / "build/agents/reviewer.md").read_bytes()
    assert b"\r\n" in (tmp_path / "build/.agentgen-manifest.json").read_bytes()
    assert run_agentgen("render", "--check", cwd=tmp_path).code == 0
    before = tree(tmp_path)
    assert run_agentgen("render", cwd=tmp_path).code == 0
    assert tree(tmp_path) == before


def test_a_check_makes_no_folder(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "clean" / "input", tmp_path, dirs_exist_ok=True)
    for option in ("--check", "--diff", "--dry-run"):
        run_agentgen("render", option, "-o", "dist/deep", cwd=tmp_path)
        assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--check",), "| `build/agents/tester.md` | missing |"),
        (("--check", "--format", "json"), "| `build/agents/tester.md` | missing |"),
        (("--dry-run",), "| `build/agents/reviewer.md` | edited |"),
        ((), "error[edited-output]: `this file was changed by hand since agentgen wrote it`"),
    ],
)
def test_a_job_gets_a_summary(arguments: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "everything" / "input", tmp_path, dirs_exist_ok=True)
    page = tmp_path / "summary.md"
    page.write_text("before\n")
    run_agentgen("render", *arguments, cwd=tmp_path, GITHUB_STEP_SUMMARY=str(page))
    text = page.read_text()
    assert text.startswith("before\n### agentgen render")
    assert expected in text


@pytest.mark.parametrize("verb", ["lint", "render"])
def test_what_is_wrong_is_in_the_summary_once(verb: str, tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents/a.md").write_text("---\ndescription: d\n---\n{{ nope | d('|') }}{{ x }}\n")
    page = tmp_path / "summary.md"
    assert run_agentgen(verb, cwd=tmp_path, GITHUB_STEP_SUMMARY=str(page)).code != 0
    assert page.read_text() == (
        f"### agentgen {verb}\n\n1 error\n\n"
        "- `agents/a.md:4` error[undefined-variable]: `'x' is undefined`\n\n"
    )


def test_within_actions_drift_is_annotated(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "stale" / "input", tmp_path, dirs_exist_ok=True)
    run = run_agentgen("render", "--check", cwd=tmp_path, GITHUB_ACTIONS="true")
    assert run.stdout.startswith("::error file=build/agents/reviewer.md,title=stale::this file")
    assert run.stdout.count("::error") == 3


def entry(text: str) -> Entry:
    return Entry("a.md", digest(text.encode()), "agents/a.md", "markdown")


@given(
    st.sampled_from(TEXTS),
    st.none() | st.sampled_from(TEXTS),
    st.none() | st.sampled_from(TEXTS),
    st.booleans(),
)
def test_what_a_person_changed_is_never_overwritten_without_force(
    new: str, old: str | None, known: str | None, force: bool
) -> None:
    """The whole table: what is rendered, what is on disk, what the manifest remembers."""
    manifest = Manifest({} if known is None else {"a.md": entry(known)})
    found = OnDisk(None if old is None else old.encode())
    artifact = Artifact("markdown", PATH, new, origin="agents/a.md")
    plan = make_plan([artifact], manifest, lambda _: found, Scope(orphans=True), force=force)
    (change,) = plan.changes
    ours = old is not None and known is not None and digest(old.encode()) == digest(known.encode())
    same = old is not None and digest(old.encode()) == digest(new.encode())
    if change.action is Action.WRITE:
        assert old is None or ours or force
        assert change.drift is (Drift.MISSING if old is None else change.drift)
    assert (change.drift is None) == same
    assert (change.action is Action.REFUSE) == (old is not None and not (ours or same or force))
    assert plan.after.entries == {"a.md": entry(new)}


@given(st.none() | st.sampled_from(TEXTS), st.sampled_from(TEXTS), st.booleans(), st.booleans())
def test_what_a_person_changed_is_never_removed_without_force(
    old: str | None, known: str, whole: bool, force: bool
) -> None:
    manifest = Manifest({"a.md": entry(known)})
    found = OnDisk(None if old is None else old.encode())
    plan = make_plan([], manifest, lambda _: found, Scope(orphans=whole), force=force)
    actions = [change.action for change in plan.changes]
    if not whole:
        assert actions == []
        assert plan.after == manifest
    elif old is None:
        assert actions == []
        assert plan.after.entries == {}
    else:
        ours = digest(old.encode()) == digest(known.encode())
        assert actions == [Action.REMOVE if ours or force else Action.KEEP]
        assert ("a.md" in plan.after.entries) == (not (ours or force))


def test_a_run_for_some_targets_judges_only_those() -> None:
    entries = {
        f"{target}.md": Entry(f"{target}.md", digest(b"x\n"), "agents/x.md", target)
        for target in ("claude", "copilot")
    }
    scope = Scope(orphans=True, targets=frozenset({"claude"}))
    plan = make_plan([], Manifest(entries), lambda _: OnDisk(b"x\n"), scope)
    assert [str(change.path) for change in plan.changes] == ["claude.md"]
    assert list(plan.after.entries) == ["copilot.md"]


def test_the_json_is_as_documented(tmp_path: Path) -> None:
    section = (ROOT / "docs" / "reports.md").read_text().partition("### Of render")[2]
    documented = json.loads(section.partition("```json\n")[2].partition("```")[0])
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents/reviewer.md").write_text("---\ndescription: d\n---\nReview.\n")
    assert run_agentgen("render", cwd=tmp_path).code == 0
    (tmp_path / "build/agents/reviewer.md").write_text("Edited.\n")
    run = run_agentgen("render", "--check", "--format", "json", cwd=tmp_path)
    assert json.loads(run.stdout) == documented


def test_the_json_is_the_same_shape_for_all_reports(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "stale" / "input", tmp_path, dirs_exist_ok=True)
    shapes = []
    for arguments in (("--dry-run",), ("--check",), ()):
        run = run_agentgen("render", "--format", "json", *arguments, cwd=tmp_path)
        shapes.append(json.loads(run.stdout))
    assert [each["report"] for each in shapes] == ["plan", "check", "render"]
    assert shapes[0]["projects"] == shapes[1]["projects"] == shapes[2]["projects"]
