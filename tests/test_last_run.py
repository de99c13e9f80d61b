"""A run that would do nothing ends before anything is imported, and nothing else ever does."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agentgen import ahead
from agentgen.last_run.digests import write
from agentgen.last_run.note import read, signature

FILES = {
    "agents/a.md": "---\nname: a\ndescription: Reads\n---\n{% include '_p.md' %}\n"
    "[guide](../docs/guide.md) [prompt](../prompts/p.md)\n",
    "agents/b.md": "---\nname: b\ndescription: Writes\n---\n{{ schema.project.name }}\n",
    "partials/_p.md": "one\n",
    "prompts/p.md": "text\n",
    "schemas/project.yaml": "project: {name: x}\n",
    "agentgen.toml": 'output = "build"\n',
    "docs/guide.md": "here\n",
}
ENGINES = {"click", "yaml", "jinja2"}
PROBE = (
    "import sys\n"
    "sys.argv = ['agentgen', *sys.argv[1:]]\n"
    "from agentgen.__main__ import main\n"
    "try:\n    main()\n"
    "finally:\n    print('\\nloaded:', *sys.modules)\n"
)


class Project:
    """A folder with a project that was rendered once, and a cache folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "above" / "project"
        self.cache = folder / "cache"
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        time.sleep(0.06)  # what is changed while a run begins keeps it from taking a note

    def run(self, *arguments: str, **environment: str) -> tuple[set[str], str]:
        """Run a verb; return the modules that it has imported, and what it has said."""
        env = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(self.cache), **environment}
        command = [sys.executable, "-c", PROBE, *arguments]
        done = subprocess.run(
            command, cwd=self.root, env=env, capture_output=True, text=True, check=False
        )
        return set(done.stdout.rpartition("loaded:")[2].split()), done.stderr

    def does_nothing(self, *arguments: str, **environment: str) -> bool:
        return not self.run(*(arguments or ("render",)), **environment)[0] & ENGINES

    @property
    def note(self) -> Path:
        (note,) = (self.cache / "agentgen" / "runs").iterdir()
        return note

    def built(self) -> dict[str, bytes]:
        build = self.root / "build"
        return {str(path): path.read_bytes() for path in build.rglob("*") if path.is_file()}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    assert made.run("render")[1] == "3 files written to build\n"
    assert made.does_nothing()
    return made


def test_nothing_is_imported_when_nothing_changed(project: Project) -> None:
    time.sleep(2.1)  # until then, digests are compared as well
    assert project.does_nothing()
    loaded, said = project.run("render")
    assert said == "3 unchanged in build\n"
    assert not {name.partition(".")[0] for name in loaded} & {
        *ENGINES, "re", "enum", "typing", "pathlib", "hashlib", "json", "dataclasses", "subprocess",
    }  # fmt: skip
    assert {name for name in loaded if name.startswith("agentgen")} == {
        "agentgen",
        "agentgen.__main__",
        "agentgen.last_run",
        "agentgen.last_run.note",
        "agentgen.version",
    }


def same_size_and_time(project: Project) -> None:
    path = project.root / "partials" / "_p.md"
    before = path.stat()
    path.write_text("two\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def output_folder_as_link(project: Project) -> None:
    folder = project.root / "build" / "agents"
    folder.symlink_to(folder.rename(project.root / "elsewhere"))


CHANGES: dict[str, Callable[[Project], object]] = {
    "an agent": lambda project: project.write("agents/b.md", FILES["agents/b.md"] + "more\n"),
    "a partial, to the same size and time": same_size_and_time,
    "the schema": lambda project: project.write("schemas/project.yaml", "project: {name: y}\n"),
    "the settings": lambda project: project.write("agentgen.toml", 'output = "other"\n'),
    "a new agent": lambda project: project.write("agents/c.md", FILES["agents/b.md"]),
    "a new agent, deeper": lambda project: project.write("agents/d/c.md", FILES["agents/b.md"]),
    "a new prompt": lambda project: project.write("prompts/q.md", "new\n"),
    "a new schema": lambda project: project.write("schemas/project.yml", "project: {name: z}\n"),
    "an agent that is gone": lambda project: (project.root / "agents" / "b.md").unlink(),
    "a link's target that is gone": lambda project: (project.root / "docs/guide.md").unlink(),
    "an output that was edited": lambda project: project.write("build/agents/a.md", "mine\n"),
    "an output that is gone": lambda project: (project.root / "build/agents/a.md").unlink(),
    "all outputs gone": lambda project: shutil.rmtree(project.root / "build"),
    "a folder of outputs that is a link": output_folder_as_link,
    "the manifest": lambda project: project.write("build/.agentgen-manifest.json", "{}"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_is_seen(project: Project, change: Callable[[Project], object]) -> None:
    change(project)
    assert not project.does_nothing()
    left = project.built()
    project.run("render", CI="1")  # looks at everything
    assert project.built() == left


def test_a_file_that_came_and_went_is_no_change(project: Project) -> None:
    time.sleep(2.1)  # until then, digests are compared as well
    swap = project.root / "agents" / ".a.md.swp"
    swap.write_text("")
    swap.unlink()
    looks = "agentgen.last_run.digests"
    loaded, said = project.run("render")
    assert not loaded & ENGINES
    assert looks in loaded
    assert said == "3 unchanged in build\n"
    time.sleep(2.1)
    assert looks in project.run("render")[0]
    assert looks not in project.run("render")[0]


def looked(project: Project) -> str:
    """Return how often a look calls for a worker, and how many texts it finds changed."""
    code = (
        "import sys; from agentgen.last_run import look; calls = []; "
        "seen = look(sys.argv[1:], lambda: calls.append(1)); print(len(calls), len(seen.changed))"
    )
    env = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(project.cache)}
    command = [sys.executable, "-c", code, "render"]
    return subprocess.check_output(command, cwd=project.root, env=env, text=True)


def test_a_worker_is_called_for_once_and_only_where_there_is_work(project: Project) -> None:
    assert looked(project) == "0 0\n"
    project.write("agents/b.md", FILES["agents/b.md"] + "more\n")
    project.write("prompts/p.md", FILES["prompts/p.md"] + "more\n")
    assert looked(project) == "1 2\n"


def test_a_worker_that_was_started_ahead_is_the_one() -> None:
    ahead.start()
    ahead.start()
    started = ahead.take()
    assert started is not None
    assert ahead.take() is None
    started.kill()
    assert started.wait() == -9
    started.stdin.close()
    started.stdout.close()


def test_settings_that_appear_above_are_seen(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (project.root / "agentgen.toml").unlink()
    project.run("render")
    assert project.does_nothing()
    project.write("../pyproject.toml", "[tool.agentgen]\n")
    assert not project.does_nothing()


def test_a_repository_that_begins_nearer_is_seen(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("../.git/HEAD", "")
    project.write("../README.md", "Of the repository\n")
    project.write("agents/b.md", FILES["agents/b.md"] + "[read](../../README.md)\n")
    project.run("render")
    assert project.does_nothing()
    (project.root / ".git").mkdir()
    assert not project.does_nothing()


@pytest.mark.parametrize(
    "arguments",
    [
        ("render", "--set", "project.name=y"),
        ("render", "-o", "other"),
        ("render", "a"),
        ("render", "-v"),
        ("render", "--check"),
        ("render", "--dry-run"),
        ("render", "--force"),
        ("lint",),
    ],
    ids=" ".join,
)
def test_another_run_is_another_run(project: Project, arguments: tuple[str, ...]) -> None:
    assert not project.does_nothing(*arguments)


@pytest.mark.parametrize("name", ["CI", "GITHUB_STEP_SUMMARY"])
def test_where_others_rely_on_the_report_everything_is_looked_at(
    project: Project, name: str
) -> None:
    assert not project.does_nothing("render", **{name: "1"})


def test_a_change_within_one_tick_of_the_clock_is_seen(project: Project) -> None:
    output = project.root / "build" / "agents" / "b.md"
    before = signature(output.stat())
    output.write_bytes(output.read_bytes().replace(b"Writes", b"Smokes"))
    note = project.note.read_bytes()
    assert before in note
    project.note.write_bytes(note.replace(before, signature(output.stat())))
    assert not project.does_nothing()


def test_what_may_have_changed_meanwhile_is_not_noted(project: Project) -> None:
    soon = time.time() + 3600
    os.utime(project.root / "agents" / "b.md", (soon, soon))
    project.run("render")
    assert not project.does_nothing()


def test_a_run_with_warnings_says_them_again(project: Project) -> None:
    project.write("agents/b.md", "---\nname: b\n---\ntext\n")
    for _ in range(2):
        assert "warning[missing-description]" in project.run("render")[1]


def others_can_write_it(note: Path) -> None:
    note.chmod(0o666)


def it_is_a_link(note: Path) -> None:
    note.symlink_to(note.rename(note.parent.parent / "elsewhere"))


def it_ends_early(note: Path) -> None:
    note.write_bytes(note.read_bytes()[:-100])


def it_is_noise(note: Path) -> None:
    note.write_bytes(b"\0\xff" * 1000)


@pytest.mark.parametrize("damage", [others_can_write_it, it_is_a_link, it_ends_early, it_is_noise])
def test_a_note_that_others_may_have_written_is_not_believed(
    project: Project, damage: Callable[[Path], None]
) -> None:
    damage(project.note)
    assert not project.does_nothing()


def test_no_beginning_of_a_note_is_believed(tmp_path: Path) -> None:
    note = tmp_path / "note"
    write(str(note), [b"any", b"fields", b"", b"", b"at all"])
    whole = note.read_bytes()
    assert read(str(note)).split(b"\0") == [b"any", b"fields", b"", b"", b"at all"]
    for end in range(len(whole)):
        note.write_bytes(whole[:end])
        with pytest.raises(ValueError, match="note"):
            read(str(note))


def test_a_project_cannot_bring_a_note(project: Project, tmp_path: Path) -> None:
    shutil.copytree(project.cache, project.root / ".cache")
    shutil.copytree(project.cache, project.root / ".agentgen_cache")
    assert not project.does_nothing("render", XDG_CACHE_HOME=".cache", HOME=str(tmp_path))


def test_without_a_place_for_notes_runs_are_as_ever(project: Project, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for _ in range(2):
        loaded, said = project.run("render", XDG_CACHE_HOME=str(tmp_path / "file"))
        assert "click" in loaded
        assert said == "3 unchanged in build\n"
