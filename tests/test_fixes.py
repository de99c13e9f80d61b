"""`lint --fix`: what it mends is mended, once and for all, and every other byte stays."""

import atexit
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agentgen.api import find_target
from agentgen.diagnostics import AgentgenError, Diagnostic, Edit, Span
from agentgen.fixes import Fixed, Texts, fix
from agentgen.lint import lint
from agentgen.loader import Loaded, Request, load
from agentgen.report.diff import as_diff
from agentgen.rewriter import Rewrite, rewrite
from agentgen.source import decode
from agentgen.source.edits import Chosen, edited_bytes, edited_text
from agentgen.workers import Workers
from conftest import Agentgen

Tree = Callable[[dict[str, str]], Path]
BROKEN = "---\nname: a\ndescription: Use: this: now\n---\nGo â†’ on\n"
MENDED = '---\nname: a\ndescription: "Use: this: now"\n---\nGo → on\n'
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

# Edits of bytes

LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
RAW = st.tuples(
    st.sampled_from(["", "\ufeff"]),
    st.lists(st.tuples(st.text(st.sampled_from("ab é🚀\u2028\x85"), max_size=4), LINE_ENDS)),
).map(lambda parts: (parts[0] + "".join(map("".join, parts[1]))).encode())


def text_of(data: bytes) -> str:
    return decode(data, "a.md").source.text


@given(RAW, st.data())
def test_an_edit_of_the_text_leaves_every_other_byte(data: bytes, draws: st.DataObject) -> None:
    text = text_of(data)
    start = draws.draw(st.integers(0, len(text)))
    end = draws.draw(st.integers(start, len(text)))
    new = draws.draw(st.sampled_from(["", "x", "é\n", "→"]))
    result = edited_bytes(data, [Edit(Span(start, end), new)])
    # However much of the file is the text before the edit, and after it, found by trying.
    heads = [n for n in range(len(data) + 1) if is_text(data[:n], text[:start], data[n:])]
    tails = [n for n in range(len(data) + 1) if is_text(data[n:], text[end:], data[:n])]
    assert any(
        result.startswith(data[:head])
        and result.endswith(data[tail:])
        and text_of(result[head : len(result) - len(data) + tail]) == new
        for head in heads
        for tail in tails
        if head <= tail
    )


def is_text(part: bytes, text: str, rest: bytes) -> bool:
    """Say whether a part of a file stands for a text, and does not end amid a line end."""
    try:
        return text_of(part) == text
    except AgentgenError:
        return False


@given(RAW)
def test_no_edit_changes_nothing(data: bytes) -> None:
    assert edited_bytes(data, []) == data


def test_the_mark_is_removed_and_nothing_else() -> None:
    edits = [Edit(Span(-1, 0), ""), Edit(Span(2, 3), "x\ny")]
    assert edited_bytes(b"\xef\xbb\xbfa\r\nb\r\n", edits) == b"a\r\nx\r\ny\r\n"


def test_edits_in_each_others_way_wait() -> None:
    chosen = Chosen()
    assert chosen.add([Edit(Span(2, 5), "x"), Edit(Span(8, 8), "y")])
    assert not chosen.add([Edit(Span(4, 6), "z")])
    assert not chosen.add([Edit(Span(0, 9), "z")])
    assert not chosen.add([Edit(Span(8, 8), "z")])
    assert not chosen.add([Edit(Span(5, 6), "z"), Edit(Span(3, 3), "z")])
    assert chosen.add([Edit(Span(5, 7), "z")])
    assert edited_text("0123456789", chosen.edits) == "01xz7y89"


# Whole projects

HEADS = st.lists(
    st.sampled_from(
        [
            "description: Use this: now",
            "model:fast",
            "version: 1.10",
            "icon: ðŸš€",
            "files: *.ts",
            "author: `x` \"y\" 'z'",
            "title: {{ agent.name }}",
            "say: put: {{ it }} here",
            "list:\n  - a: b: c\n  - d",
            "flow: {a: b: c}",
            "text: >\n  a: b: c\n  d",
            "more: a: b\n  c: d",
            "note: a: b # c",
            "true: yes",
            "  x: y: z",
            "- a",
            "...",
            "",
        ]
    ),
    max_size=5,
)
FENCES = st.sampled_from(["---\n", "\n---\n", "----\n", "--- # c\n", "--- x\n", "  ---\n", ""])
MEANT = {"Go â†’ on": "Go → on", "Ã°Å¸Å¡â‚¬": "🚀", "é Â« x": "é « x"}
BODIES = st.lists(st.sampled_from([*MEANT, "â€®", "{{ nope }}", "", "---"]))


@cache
def workers() -> Workers:
    started = Workers(most=1)
    atexit.register(started.__exit__, None, None, None)
    return started


def fixed_in(folder: str) -> Fixed:
    def look(texts: Texts) -> tuple[Loaded, tuple[Diagnostic, ...]]:
        loaded = load(Request(Path(folder)), Path(folder), texts)
        return loaded, lint(loaded, [find_target("markdown")], workers(), loaded.settings.lint)

    return fix(look)


@settings(max_examples=60)
@given(st.sampled_from(["", "\ufeff"]), FENCES, HEADS, BODIES, LINE_ENDS)
def test_what_is_mended_is_mended_once_and_for_all(
    mark: str, fence: str, head: list[str], body: list[str], line_end: str
) -> None:
    lines = [fence + "name: a", *head, fence.strip() or "---", *body]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "agents", "a.md")
        path.parent.mkdir()
        before = (mark + "\n".join(lines)).replace("\n", line_end).encode()
        path.write_bytes(before)
        found = fixed_in(folder)
        assert path.read_bytes() == before
        assert [each for each in found.left if each.edits] == []
        rewrite(found.files)
        after = path.read_bytes()
        assert (after != before) == bool(found.mended) == bool(found.files)
        again = fixed_in(folder)
        assert (again.mended, again.files, again.left) == ((), (), found.left)
        bodies = (body, [MEANT.get(line, line) for line in body])
        assert after.endswith(tuple(line_end.join(["", *each]).encode() for each in bodies))


# The disk


def rewrites(path: Path, after: bytes = b"new") -> list[Rewrite]:
    return [Rewrite(path, path.name, path.read_bytes(), after)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    path.chmod(0o640)
    rewrite(rewrites(path))
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert names(tmp_path) == ["a.md"]


def test_a_file_that_has_changed_is_not_overwritten(tmp_path: Path) -> None:
    one, two = tmp_path / "one.md", tmp_path / "two.md"
    one.write_bytes(b"old")
    two.write_bytes(b"old")
    planned = [*rewrites(one), *rewrites(two)]
    two.write_bytes(b"somebody else's")
    with pytest.raises(AgentgenError, match=r"two\.md: .*it has changed since it was read"):
        rewrite(planned)
    assert (one.read_bytes(), two.read_bytes()) == (b"old", b"somebody else's")
    assert names(tmp_path) == ["one.md", "two.md"]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "far.md").write_bytes(b"old")
    link = tmp_path / "a.md"
    link.symlink_to("far.md")
    with pytest.raises(AgentgenError, match="it is not a regular file"):
        rewrite(rewrites(link))
    assert (tmp_path / "far.md").read_bytes() == b"old"
    assert link.is_symlink()


@pytest.mark.skipif(AS_ROOT, reason="root may write anything")
def test_a_read_only_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(AgentgenError, match="it is read-only"):
        rewrite(rewrites(path))
    assert path.read_bytes() == b"old"


def test_a_file_that_is_gone_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    planned = rewrites(path)
    path.unlink()
    with pytest.raises(AgentgenError, match="no such file"):
        rewrite(planned)
    assert names(tmp_path) == []


def test_a_file_that_changes_between_two_looks_stops_the_run(tmp_path: Path) -> None:
    path = tmp_path / "agents" / "a.md"
    path.parent.mkdir()
    path.write_text(BROKEN)

    def look(texts: Texts) -> tuple[Loaded, tuple[Diagnostic, ...]]:
        loaded = load(Request(tmp_path), tmp_path, texts)
        found = lint(loaded, [find_target("markdown")], workers(), loaded.settings.lint)
        path.write_text("something else\n")
        return loaded, found

    with pytest.raises(AgentgenError, match="this file has changed while it was checked"):
        fix(look)
    assert path.read_text() == "something else\n"


# The diff


@pytest.mark.parametrize(
    "command", [["git", "apply", "-p1"], ["patch", "-p1", "--quiet"]], ids=lambda words: words[0]
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("name", ["a.md", "a b.md", "é.md", "tab\t.md", 'quote".md'])
def test_the_diff_is_one_that_programs_take(
    command: list[str], line_end: str, name: str, agentgen: Agentgen, tmp_path: Path
) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"needs {command[0]}")
    path = tmp_path / "agents" / name
    path.parent.mkdir()
    path.write_bytes(("\ufeff" + BROKEN + "\n\nThe end").replace("\n", line_end).encode())
    diff = agentgen("lint", "--diff").stdout
    assert agentgen("lint", "--diff").code == 1
    subprocess.run(command, cwd=tmp_path, input=diff.encode(), check=True)
    assert path.read_bytes() == (MENDED + "\n\nThe end").replace("\n", line_end).encode()
    assert agentgen("lint", "--diff").stderr.startswith("nothing to fix")


FILE = st.lists(st.sampled_from([b"a", b"b\n", b"c\r\n", b"\r", b"\xe2\x80\xa8", b"\n"])).map(
    b"".join
)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@settings(max_examples=30)
@given(FILE, FILE)
def test_any_two_files_have_a_diff(before: bytes, after: bytes) -> None:
    assume(before != after and before and after)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.md")
        path.write_bytes(before)
        diff = as_diff("a.md", before, after)
        subprocess.run(["git", "apply", "-"], cwd=folder, input=diff, check=True)
        assert path.read_bytes() == after


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_files_that_come_and_go_have_a_diff(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_bytes(b"old\n")
    diff = as_diff("new.md", None, b"new\n") + as_diff("old.md", b"old\n", None)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff, check=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"new.md": b"new\n"}


def test_a_run_mends_the_files(agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": BROKEN})
    run = agentgen("lint", "--fix")
    assert (run.code, run.stderr) == (0, "2 fixed, no problems\n")
    assert (root / "agents/a.md").read_text() == MENDED
