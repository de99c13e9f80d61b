"""docs/make.md is true: its makefiles are used as they stand there, by the real make."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agentgen.depfile import as_depfile
from agentgen.diagnostics import AgentgenError
from conftest import ROOT, run_agentgen

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")

PAGE = (ROOT / "docs" / "make.md").read_text()
AGENTS, ARCHIVE = re.findall(r"```make\n(.*?)```", PAGE, re.DOTALL)
AGENT = "---\nname: {0}\ndescription: d\n---\n{0} of {{{{ schema.project.name }}}}.\n"
FILES = {
    "agents/one.md": AGENT.format("one") + "{% include 'note.md' %}\n",
    "agents/two.md": AGENT.format("two"),
    "partials/note.md": "Note.\n",
    "prompts/it's #1 (100%).md": "It.\n",
    "schemas/project.yaml": "project: {name: p}\n",
    "agentgen.toml": "",
    "Makefile": AGENTS.replace("-include", ARCHIVE + "\n-include"),
}
RENDER = "agentgen render --stamp build/agents.stamp --depfile build/agents.d"
ARCHIVED = "tar -cf agents.tar -C build agents"


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    age(tmp_path)
    return tmp_path


def age(root: Path) -> None:
    """Make everything an hour older, so that what is written next is newer on any disk."""
    for path in [*root.rglob("*")]:
        times = path.stat()
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns - 3600 * 10**9))


def make(root: Path, goal: str, *options: str) -> tuple[int, list[str]]:
    """Return the exit code, and the commands that were run."""
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "LC_ALL": "C"}
    done = subprocess.run(
        ["make", *options, goal], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    assert "warning" not in done.stderr
    said = (line for line in done.stdout.splitlines() if not line.startswith("make:"))
    return done.returncode, list(said)


def mtimes(root: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (root / "build").rglob("*.md")}


def touch(root: Path) -> None:
    (root / "partials/note.md").touch()


def change(root: Path) -> None:
    (root / "partials/note.md").write_text("Other.\n")


def change_odd_name(root: Path) -> None:
    (root / "prompts/it's #1 (100%).md").write_text("Other.\n")


def change_settings(root: Path) -> None:
    (root / "agentgen.toml").write_text("whitespace = 'tidy'\n")


def delete(root: Path) -> None:
    (root / "build/agents/two.md").unlink()
    (root / "build/agents/one.md").unlink()


def add(root: Path) -> None:
    (root / "agents/new.md").write_text(AGENT.format("new"))


def remove(root: Path) -> None:
    (root / "agents/two.md").unlink()


def rename(root: Path) -> None:
    (root / "agents/two.md").rename(root / "agents/three.md")


@pytest.mark.parametrize("jobs", [(), ("-j8",)], ids=["", "-j8"])
@pytest.mark.parametrize(
    ("event", "changed", "archived"),
    [
        (touch, set(), False),
        (change, {"one.md"}, True),
        (change_odd_name, {"it's #1 (100%).md"}, True),
        (change_settings, set(), False),
        (delete, {"one.md", "two.md"}, False),
        (add, {"new.md"}, True),
        (remove, set(), True),
        (rename, {"three.md"}, True),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_exactly_the_right_work(
    event: Callable[[Path], None],
    changed: set[str],
    archived: bool,
    jobs: tuple[str, ...],
    root: Path,
) -> None:
    assert make(root, "agents.tar", *jobs) == (0, [RENDER, ARCHIVED])
    age(root)
    assert make(root, "agents.tar", *jobs) == (0, [])
    before = mtimes(root)
    event(root)
    expected = [RENDER, ARCHIVED] if archived else [RENDER]
    assert make(root, "agents.tar", *jobs) == (0, expected)
    after = mtimes(root)
    assert {name for name in after if after[name] != before.get(name)} == changed
    assert make(root, "agents.tar", *jobs) == (0, [])
    assert sorted(path.stem for path in (root / "build/agents").iterdir()) == sorted(
        path.stem for path in (root / "agents").iterdir()
    )


def test_a_failing_template_fails_and_leaves_nothing_half_written(root: Path) -> None:
    assert make(root, "agents")[0] == 0
    age(root)
    files = {path: path.read_bytes() for path in (root / "build").rglob("*") if path.is_file()}
    text = (root / "agents/two.md").read_text()
    (root / "agents/two.md").write_text(text + "{{ nope }}\n")
    change(root)
    for _ in range(2):
        assert make(root, "agents") == (2, [RENDER])
        now = {path: path.read_bytes() for path in (root / "build").rglob("*") if path.is_file()}
        assert now == files
    (root / "agents/two.md").write_text(text)
    assert make(root, "agents") == (0, [RENDER])
    assert make(root, "agents") == (0, [])


def test_an_edit_fails(root: Path) -> None:
    assert make(root, "agents")[0] == 0
    age(root)
    (root / "build/agents/two.md").write_text("Edited.\n")
    assert make(root, "agents") == (2, [RENDER])
    assert (root / "build/agents/two.md").read_text() == "Edited.\n"


NAMES = [
    "a b", "a  b", "#", "a#b", "$", "$(shell touch hacked).md", "a:b", "a: b", "a%b", "%", "*", "?",
    "[1]", "a*b[c]?", "~a", "(a)", "{a,b}", "'", '"', "`touch hacked`", "!", "&a", "a&&b", "^@+,-",
    "é", "…", ".a", "-a", "a.b",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_make_reads_every_name_that_is_written(name: str, tmp_path: Path) -> None:
    """As a prerequisite, as one that is gone, and as a target."""
    (tmp_path / "Makefile").write_text("stamp:\n\t@echo stamp; touch stamp\ninclude d\n")
    (tmp_path / "d").write_text(as_depfile(["stamp"], [name, "other"]))
    for path in (name, "other"):
        (tmp_path / path).write_text("")
    age(tmp_path)
    assert make(tmp_path, "stamp") == (0, ["stamp"])
    assert make(tmp_path, "stamp") == (0, [])
    os.utime(tmp_path / "stamp", (0, 0))
    os.utime(tmp_path / "other", (0, 0))
    assert make(tmp_path, "stamp") == (0, ["stamp"])
    (tmp_path / name).unlink()
    assert make(tmp_path, "stamp") == (0, ["stamp"])
    (tmp_path / "Makefile").write_text("include d\n")
    (tmp_path / "d").write_text(as_depfile([name], ["other"]) + "\t@echo other\n")
    assert make(tmp_path, "other")[0] == 0
    assert not (tmp_path / "hacked").exists()


@pytest.mark.parametrize("name", [
    "a\\b", "a;touch hacked", "a|b", "a=b", "a\nb", "a\tb", "a\x85b", "a&", "&", "a(b)",
])  # fmt: skip
def test_what_make_cannot_read_is_not_written(name: str) -> None:
    with pytest.raises(AgentgenError, match="no makefile can name"):
        as_depfile(["stamp"], [name])


def test_a_hostile_name_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents/x;touch hacked;.md").write_text(AGENT.format("x"))
    run = run_agentgen("render", "--depfile", "d", cwd=tmp_path)
    assert run.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["agents"]


def test_lists_are_what_render_reads_and_writes(root: Path) -> None:
    targets = ("-t", "markdown", "-t", "claude", "-t", "roo", "-t", "skill")
    planned = run_agentgen("list", "--outputs", "-0", "-o", "dist", *targets, cwd=root)
    assert run_agentgen("render", "-o", "dist", *targets, cwd=root).code == 0
    written = [path for path in (root / "dist").rglob("*") if path.is_file()]
    names = {path.relative_to(root).as_posix() for path in written}
    assert {*planned.stdout.split("\0")} - {""} == names - {"dist/.agentgen-manifest.json"}
    inputs = run_agentgen("list", "--inputs", cwd=root).stdout.splitlines()
    assert inputs == sorted(set(FILES) - {"Makefile"})


def test_without_a_stamp_the_files_depend_on_what_was_read(root: Path) -> None:
    assert run_agentgen("render", "--depfile", "d", cwd=root).code == 0
    text = (root / "d").read_text()
    rule = text.partition(": \\\n")
    assert "build/agents/one.md" in rule[0]
    assert "partials/note.md" in rule[2]
    started = time.time() - 5
    os.utime(root / "d", (started, started))
    assert run_agentgen("render", "--depfile", "d", cwd=root).code == 0
    assert (root / "d").read_text() == text


@pytest.mark.parametrize(
    "options",
    [
        ("--stamp", "agents/one.md"),
        ("--stamp", "agents/new"),
        ("--depfile", "schemas/../schemas/project.yaml"),
        ("--depfile", "agentgen.toml"),
        ("--stamp", "build/agents/one.md"),
        ("--depfile", "build/.agentgen-manifest.json"),
        ("--stamp", "build/d", "--depfile", "build/d"),
    ],
    ids=" ".join,
)
def test_nothing_is_lost_to_a_stamp_or_a_depfile(options: tuple[str, ...], root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    run = run_agentgen("render", *options, cwd=root)
    assert run.code == 2
    assert "` is for a file of its own" in run.stderr
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
