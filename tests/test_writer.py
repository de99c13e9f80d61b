"""Files on disk: all or none, each whole, nothing touched that need not be."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from agentgen import manifest
from agentgen.diagnostics import AgentgenError
from agentgen.drift import Action
from agentgen.lasting import MANY
from agentgen.model import Artifact
from agentgen.writer import write
from conftest import Agentgen

Tree = Callable[[dict[str, str]], Path]


def artifacts(**texts: str) -> list[Artifact]:
    return [
        Artifact("markdown", PurePosixPath("agents", f"{name}.md"), text)
        for name, text in texts.items()
    ]


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def identity(path: Path) -> tuple[int, int, int]:
    found = path.stat()  # without the time of the last access, for equal files are read
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


def test_an_equal_file_is_not_touched(tmp_path: Path) -> None:
    write(artifacts(a="one\n", b="one\n"), tmp_path)
    old = identity(tmp_path / "agents/a.md")
    results = write(artifacts(a="one\n", b="two\n"), tmp_path)
    assert [each.action for each in results] == [Action.KEEP, Action.WRITE]
    assert identity(tmp_path / "agents/a.md") == old
    assert (tmp_path / "agents/b.md").read_text() == "two\n"
    assert files(tmp_path) == [manifest.NAME, "agents/a.md", "agents/b.md"]


def test_new_files_follow_the_umask_and_old_ones_keep_their_mode(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write(artifacts(a="one\n"), tmp_path)
    finally:
        os.umask(old)
    path = tmp_path / "agents/a.md"
    assert path.stat().st_mode & 0o777 == 0o640
    path.chmod(0o600)
    write(artifacts(a="two\n"), tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_when_one_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "agents/b.md").mkdir(parents=True)
    with pytest.raises(AgentgenError, match="it is a folder"):
        write(artifacts(a="one\n", b="one\n"), tmp_path)
    assert files(tmp_path) == []


def test_without_artifacts_there_is_no_folder(tmp_path: Path) -> None:
    assert write([], tmp_path / "build") == ()
    assert not (tmp_path / "build").exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("keep\n")
    root = tmp_path / "out"
    (root / "agents").mkdir(parents=True)
    (root / "agents/a.md").symlink_to(outside)
    with pytest.raises(AgentgenError, match="it is a link"):
        write(artifacts(a="one\n"), root)
    (root / "agents/a.md").unlink()
    (root / "agents").rmdir()
    (root / "agents").symlink_to(tmp_path)
    with pytest.raises(AgentgenError, match="it is a link"):
        write(artifacts(a="one\n"), root)
    assert files(tmp_path) == ["outside.md"]
    assert outside.read_text() == "keep\n"


def test_a_disk_that_refuses_is_a_diagnostic() -> None:
    with pytest.raises(AgentgenError, match="cannot write below `/proc/none`"):
        write(artifacts(a="one\n"), Path("/proc/none"))


def test_a_failing_template_leaves_no_trace(agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": "good\n", "agents/b.md": "{{ nope }}\n"})
    assert agentgen("render").code == 2
    assert files(root) == ["agents/a.md", "agents/b.md"]


def test_many_files_are_on_disk_before_the_first_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    flush, rename = os.fsync, os.replace

    def flushing(descriptor: int) -> None:
        flush(descriptor)
        steps.append("flush")

    def renaming(old: Path, new: Path) -> None:
        rename(old, new)
        steps.append("rename")

    monkeypatch.setattr(os, "fsync", flushing)
    monkeypatch.setattr(os, "replace", renaming)
    write(artifacts(**{f"a{number}": "x\n" for number in range(MANY + 5)}), tmp_path)
    flushed = steps[: steps.index("rename")].count("flush")
    assert flushed == steps.count("rename") > MANY


def test_many_files_and_a_disk_that_has_not_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = itertools.count()

    def refuse_the_last(descriptor: int) -> None:
        if next(calls) == MANY:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse_the_last)
    with pytest.raises(AgentgenError, match="input/output error"):
        write(artifacts(**{f"a{number}": "x\n" for number in range(MANY + 5)}), tmp_path)
    assert files(tmp_path) == []
