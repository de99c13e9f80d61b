"""P8 and P9: the manifest is believed only as far as agentgen could have written it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentgen.diagnostics import AgentgenError, Source
from agentgen.manifest import NAME, Entry, Manifest, as_bytes, digest, normal, parse
from conftest import Run, run_agentgen

DIGEST = digest(b"x\n")
AGENT = "---\nname: a\ndescription: d\n---\nhello\n"


def entry(**changes: object) -> dict[str, object]:
    known = {"path": "agents/x.md", "digest": DIGEST, "source": "agents/x.md", "target": "markdown"}
    return {**known, **changes}


def text(*artifacts: object, version: object = 1) -> str:
    return json.dumps({"version": version, "artifacts": list(artifacts)})


def test_what_is_written_is_read_again() -> None:
    entries = [
        Entry("agents/é.md", DIGEST, "agents/é.md", "markdown"),
        Entry("a/b.md", DIGEST, "", "claude", previous=digest(b"y\n")),
    ]
    manifest = Manifest().updated(entries)
    data = as_bytes(manifest)
    assert parse(Source("m", data.decode())) == manifest
    assert data.decode().isascii()
    assert json.loads(data)["artifacts"][0]["previous"] == digest(b"y\n")
    lines = [line.strip() for line in data.decode().splitlines()]
    paths = [number for number, line in enumerate(lines) if line.startswith('"path": ')]
    assert [lines[number] for number in paths] == [
        '"path": "a/b.md",',
        '"path": "agents/\\u00e9.md",',
    ]
    assert all(lines[number + 1].startswith('"digest": ') for number in paths)


def conflict(ours: str, theirs: str, base: str = "") -> str:
    known = f"||||||| base\n{base}" if base else ""
    return f"<<<<<<< HEAD\n{ours}{known}=======\n{theirs}>>>>>>> other branch\n"


def test_a_merge_that_git_left_in_conflict_is_read_from_both_sides() -> None:
    other = digest(b"y\n")
    manifests = [
        Manifest().updated([Entry(path, digest, "", "markdown") for path, digest in each.items()])
        for each in (
            {"a.md": DIGEST, "c.md": DIGEST, "d.md": DIGEST},
            {"b.md": DIGEST, "c.md": other, "d.md": DIGEST},
        )
    ]
    ours, theirs = (as_bytes(each).decode() for each in manifests)
    for text in (conflict(ours, theirs), conflict(ours, theirs, base="{}\n")):
        found = parse(Source("m", text))
        assert found.in_conflict
        assert {path: (each.digest, each.previous) for path, each in found.entries.items()} == {
            "a.md": (DIGEST, None),
            "b.md": (DIGEST, None),
            "c.md": (DIGEST, other),
            "d.md": (DIGEST, None),
        }
    hostile = conflict(ours, theirs.replace("b.md", "../b.md"))
    for text in (hostile, ours + "<<<<<<< HEAD\n", conflict(ours, "{\n"), conflict("", "")):
        with pytest.raises(AgentgenError, match="this is not JSON"):
            parse(Source("m", text))


def test_entries_come_and_go() -> None:
    one, two = (Entry(name, DIGEST, "", "markdown") for name in ("one", "two"))
    manifest = Manifest().updated([one, two])
    assert manifest.updated([], {"one", "three"}).entries == {"two": two}
    assert list(manifest.entries) == ["one", "two"]


@pytest.mark.parametrize(
    "data",
    [b"\xef\xbb\xbfa\nb\n", b"a\r\nb\r\n", b"a\nb", b"a\nb\n\n\n", b"\xef\xbb\xbfa\r\nb"],
)
def test_one_normal_form(data: bytes) -> None:
    assert normal(data) == b"a\nb\n"


@given(st.binary(), st.binary())
def test_other_bytes_have_other_digests(one: bytes, other: bytes) -> None:
    assert (digest(one) == digest(other)) == (normal(one) == normal(other))


HOSTILE = {
    "nothing": "",
    "no JSON": "<<<<<<< HEAD\n{}",
    "a list": "[]",
    "a number": "1",
    "no version": '{"artifacts": []}',
    "a newer version": text(version=2),
    "an older version": text(version=0),
    "a version that is no number": text(version="1"),
    "a long number": '{"version": ' + "9" * 5000 + "}",
    "deep": "[" * 100_000,
    "deep below": '{"version": 1, "artifacts": ' + "[" * 100_000,
    "artifacts that are no list": '{"version": 1, "artifacts": {}}',
    "an artifact that is text": text("agents/x.md"),
    "a key too few": text({"path": "x"}),
    "a key too many": text(entry(more="x")),
    "a path that is a number": text(entry(path=1)),
    "an absolute path": text(entry(path="/etc/passwd")),
    "a path that leads out": text(entry(path="../x.md")),
    "a path that leads out and back": text(entry(path="agents/../../x.md")),
    "a path with a dot": text(entry(path="./agents/x.md")),
    "a path with two slashes": text(entry(path="agents//x.md")),
    "no path": text(entry(path="")),
    "the root": text(entry(path=".")),
    "a backslash": text(entry(path="..\\x.md")),
    "a drive": text(entry(path="c:x.md")),
    "a device": text(entry(path="agents/con.md")),
    "a control character": text(entry(path="agents/\x1b[31m.md")),
    "a lone surrogate": text(entry(path="agents/\ud800.md")),
    "a long path": text(entry(path="x/" * 4000 + "x")),
    "the manifest": text(entry(path=NAME)),
    "one path twice": text(entry(), entry()),
    "another digest": text(entry(digest="md5:abc")),
    "a digest that is too long": text(entry(digest=DIGEST + "0")),
    "another previous digest": text(entry(previous="x")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_p9_what_agentgen_did_not_write_is_not_believed(name: str) -> None:
    with pytest.raises(AgentgenError) as raised:
        parse(Source("m", HOSTILE[name]))
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.rule == "invalid-manifest"
    assert diagnostic.help


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_p9_any_json_is_a_manifest_or_an_error(data: object) -> None:
    for shape in (data, {"version": 1, "artifacts": data}, {"version": data, "artifacts": []}):
        try:
            parse(Source("m", json.dumps(shape)))
        except AgentgenError as error:
            assert [each.rule for each in error.diagnostics] == ["invalid-manifest"]


def project(folder: Path, *artifacts: dict[str, object]) -> Path:
    """Make a project whose manifest names more than was written."""
    (folder / "agents").mkdir()
    (folder / "agents" / "a.md").write_text(AGENT)
    (folder / "build").mkdir()
    (folder / "build" / NAME).write_text(text(*artifacts))
    return folder


def render(folder: Path, *arguments: str) -> Run:
    return run_agentgen("render", *arguments, cwd=folder)


def test_p8_only_what_agentgen_wrote_is_removed(tmp_path: Path) -> None:
    paths = ["agents/ours.md", "agents/theirs.md", "agents/link.md", "linked/x.md", "agents/dir"]
    root = project(tmp_path, *(entry(path=path) for path in paths))
    build, outside = root / "build", root / "outside"
    outside.mkdir()
    (outside / "x.md").write_text("x\n")
    (build / "agents").mkdir()
    (build / "agents/ours.md").write_text("x\n")
    (build / "agents/theirs.md").write_text("theirs\n")
    (build / "agents/link.md").symlink_to(outside / "x.md")
    (build / "linked").symlink_to(outside)
    (build / "agents/dir").mkdir()
    (build / "agents/unknown.md").write_text("x\n")
    run = render(root)
    assert run.code == 0
    assert not (build / "agents/ours.md").exists()
    kept = ["agents/theirs.md", "agents/link.md", "linked/x.md", "agents/dir", "agents/unknown.md"]
    assert all((build / path).exists() for path in kept)
    assert (outside / "x.md").read_text() == "x\n"
    assert run.stderr.count("warning[orphaned-output]") == 4
    assert json.loads((build / NAME).read_text())["artifacts"][0]["path"] == "agents/a.md"
    assert render(root, "--force").code == 0  # removes what was edited, and no link or folder
    assert not (build / "agents/theirs.md").exists()
    assert all((build / path).exists() for path in kept[1:])


def test_p8_sources_are_never_removed(tmp_path: Path) -> None:
    (tmp_path / "lib/agents").mkdir(parents=True)
    (tmp_path / "lib/agents/a.md").write_text(AGENT)
    (tmp_path / "agentgen.toml").write_text("agents = 'lib/agents'\noutput = '.'\n")
    source = entry(path="lib/agents/a.md", digest=digest(AGENT.encode()))
    (tmp_path / NAME).write_text(text(source))
    run = render(tmp_path)
    assert "it is among the sources" in run.stderr
    assert (tmp_path / "lib/agents/a.md").read_text() == AGENT
    assert (tmp_path / "agents/a.md").exists()


def test_p9_a_manifest_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / "build" / NAME).rename(root / "elsewhere.json")
    (root / "build" / NAME).symlink_to(root / "elsewhere.json")
    before = (root / "elsewhere.json").read_text()
    run = render(root)
    assert run.code == 2
    assert (
        f"build/{NAME}: error[unreadable-file]: cannot read this file: it is a link\n" in run.stderr
    )
    assert (root / "elsewhere.json").read_text() == before
    assert render(root, "--force").code == 0
    assert (root / "elsewhere.json").read_text() == before


def test_p9_a_manifest_that_is_no_file(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / "build" / NAME).unlink()
    os.mkfifo(root / "build" / NAME)
    run = render(root)
    assert run.code == 2
    assert "this is not a regular file" in run.stderr


def test_two_names_of_one_file_are_not_removed(tmp_path: Path) -> None:
    """As on a file system that takes `A.md` and `a.md` for one."""
    root = project(tmp_path, entry(path="agents/A.md", digest=digest(AGENT.encode())))
    assert render(root, "--no-prune").code == 0
    os.link(root / "build/agents/a.md", root / "build/agents/A.md")
    assert render(root).code == 0
    assert (root / "build/agents/a.md").read_text() == AGENT
    assert "A.md" not in (root / "build" / NAME).read_text()


def test_emptied_folders_go(tmp_path: Path) -> None:
    targets = {".agents/skills/x/SKILL.md": "skill", ".claude/agents/x.md": "claude"}
    root = project(tmp_path, *(entry(path=path, target=targets[path]) for path in targets))
    for path in targets:
        (root / "build" / path).parent.mkdir(parents=True)
        (root / "build" / path).write_text("x\n")
    (root / "build/.claude/agents/mine.md").write_text("mine\n")
    assert render(root).code == 0
    assert not (root / "build/.agents").exists()
    assert [path.name for path in (root / "build/.claude/agents").iterdir()] == ["mine.md"]


@pytest.mark.parametrize("path", [".git/HEAD", "src/x.md", ".claude/x.md", "x.md", "agents/x.txt"])
def test_nothing_is_removed_where_no_target_writes(path: str, tmp_path: Path) -> None:
    root = project(tmp_path, entry(path=path, target="claude"))
    (root / "build" / path).parent.mkdir(parents=True, exist_ok=True)
    (root / "build" / path).write_text("x\n")
    run = render(root, "--force")
    assert run.code == 0
    assert "no target writes there" in run.stderr
    assert (root / "build" / path).read_text() == "x\n"
    assert path not in (root / "build" / NAME).read_text()


def test_partial_runs_leave_the_rest_alone(tmp_path: Path) -> None:
    root = project(tmp_path, entry(path="agents/x.md"))
    (root / "build/agents").mkdir()
    (root / "build/agents/x.md").write_text("x\n")
    (root / "agents/b.md").write_text(AGENT.replace("a\n", "b\n", 1))
    assert render(root, "a").code == 0
    assert (root / "build/agents/x.md").exists()
    written = json.loads((root / "build" / NAME).read_text())["artifacts"]
    assert [each["path"] for each in written] == ["agents/a.md", "agents/x.md"]
    assert render(root).code == 0
    assert not (root / "build/agents/x.md").exists()


def test_nothing_left_leaves_no_manifest(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / "schemas").mkdir()
    assert render(root).code == 0
    off = "agents: [{role: a, enabled: false}]\n"
    (root / "schemas/project.yaml").write_text(off)
    assert render(root).code == 0
    assert list((root / "build").rglob("*")) == []


def git(folder: Path, *words: str) -> int:
    identity = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "core.autocrlf=false")
    command = ["git", *identity, *words]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


def agent(name: str) -> str:
    return AGENT.replace("name: a\n", f"name: {name}\n")


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize(
    ("one", "other", "is_clean"),
    [
        ({"agents/b.md": "edited"}, {"agents/d.md": "edited"}, True),
        ({"agents/b.md": "edited"}, {"agents/c.md": "new"}, True),
        ({"agents/a.md": "new"}, {"agents/e.md": "new"}, True),
        ({"agents/b.md": None}, {"agents/d.md": "edited"}, True),
        ({"agents/c.md": "new"}, {"agents/c2.md": "new"}, False),
        ({"agents/e.md": "new"}, {"agents/f.md": "new"}, False),
        ({"agents/b.md": None}, {"agents/c.md": "new"}, False),
    ],
    ids=str,
)
def test_what_two_branches_did_is_merged(
    one: dict[str, str | None], other: dict[str, str | None], is_clean: bool, tmp_path: Path
) -> None:
    """By git, or where it is left in conflict, by the next run."""
    (tmp_path / "agents").mkdir()
    for name in ("b", "d"):
        (tmp_path / f"agents/{name}.md").write_text(agent(name))
    assert render(tmp_path).code == 0
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "base"), ("branch", "base")):
        assert git(tmp_path, *words) == 0
    for branch, changes in (("one", one), ("other", other)):
        assert git(tmp_path, "checkout", "-q", "-b", branch, "base") == 0
        for path, text in changes.items():
            if text is None:
                (tmp_path / path).unlink()
            else:
                (tmp_path / path).write_text(f"{agent(Path(path).stem)}{text}\n")
        assert render(tmp_path).code == 0
        assert git(tmp_path, "add", "-A") == 0
        assert git(tmp_path, "commit", "-qm", branch) == 0
    assert (git(tmp_path, "merge", "one") == 0) == is_clean
    checked = render(tmp_path, "--check")
    assert checked.code == (0 if is_clean else 1)
    if not is_clean:
        assert f"stale build/{NAME}\n" in checked.stdout
    assert render(tmp_path).code == 0
    assert render(tmp_path, "--check").code == 0
    text = (tmp_path / "build" / NAME).read_text()
    assert text == as_bytes(parse(Source("m", text))).decode()
    sources = {path.name for path in (tmp_path / "agents").iterdir()}
    assert {path.name for path in (tmp_path / "build/agents").iterdir()} == sources


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize("side", ["--ours", "--theirs"])
def test_of_rendered_files_in_conflict_either_side_will_do(side: str, tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    for branch in ("base", "one", "other"):
        begins = ("init", "-b") if branch == "base" else ("checkout", "base", "-b")
        assert git(tmp_path, *begins, branch) == 0
        (tmp_path / "agents/a.md").write_text(f"{AGENT}{branch}\n")
        assert render(tmp_path).code == 0
        assert git(tmp_path, "add", "-A") == 0
        assert git(tmp_path, "commit", "-qm", branch) == 0
    assert git(tmp_path, "merge", "one") == 1
    (tmp_path / "agents/a.md").write_text(f"{AGENT}one and other\n")
    assert "error[edited-output]" in render(tmp_path).stderr
    assert git(tmp_path, "checkout", side, "build/agents") == 0
    assert render(tmp_path).code == 0
    assert (tmp_path / "build/agents/a.md").read_text().endswith("one and other\n")
    assert render(tmp_path, "--check").code == 0
