"""Texts that are many lie in a file, and are the same texts; a library is not held in memory."""

import gc
import os
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

import agentgen
from agentgen import keeping
from agentgen.diagnostics import AgentgenError, Source
from agentgen.keeping import Kept, Store, bytes_of, text_of
from agentgen.templates import unused_characters

Tree = Callable[[dict[str, str]], Path]
TEXTS = ["plain\n", "→ and 🤖\n" * 100, "\x00\ufdd0", "plain\n"]


@pytest.fixture
def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "IN_MEMORY", 0)


def test_a_few_texts_stay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "IN_MEMORY", 1000)
    store = Store()
    kept = [store.keep("a" * 300) for _ in range(10)]
    assert [isinstance(each, Kept) for each in kept] == [False, False] + [True] * 8


@pytest.mark.usefixtures("no_room")
def test_kept_texts_are_what_they_were_in_any_order() -> None:
    store = Store()
    kept = [store.keep(text) for text in TEXTS]
    assert all(isinstance(each, Kept) for each in kept)
    assert [text_of(each) for each in kept] == TEXTS
    assert [text_of(each) for each in kept[::-1]] == TEXTS[::-1]
    assert [bytes_of(each) for each in kept] == [text.encode() for text in TEXTS]


@pytest.mark.usefixtures("no_room")
def test_kept_texts_are_equal_where_they_say_the_same() -> None:
    first, again, other = Store().keep("aé"), Store().keep("aé"), Store().keep("éa")
    assert first == again
    assert hash(first) == hash(again)
    assert first != other
    assert first != "aé"
    assert Source("a.md", first) == Source("a.md", again)


@pytest.mark.usefixtures("no_room")
def test_the_file_goes_with_the_last_text() -> None:
    opened = Path("/dev/fd")
    before = len(list(opened.iterdir()))
    kept = Store().keep("text")
    assert len(list(opened.iterdir())) == before + 1
    assert text_of(kept) == "text"
    del kept
    assert len(list(opened.iterdir())) == before


@pytest.mark.usefixtures("no_room")
@pytest.mark.parametrize("taken", [OSError(28, "No space left on device"), 3])
def test_what_the_disk_does_not_take_stays_in_memory(
    monkeypatch: pytest.MonkeyPatch, taken: OSError | int
) -> None:
    store = Store()
    first = store.keep("first")

    def refuse(_descriptor: int, _data: bytes, _at: int) -> int:
        if isinstance(taken, OSError):
            raise taken
        return taken

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", refuse)
        second = store.keep("second")
    third = store.keep("third")
    assert second == "second"
    assert [text_of(each) for each in (first, second, third)] == ["first", "second", "third"]


@pytest.mark.usefixtures("no_room")
@pytest.mark.parametrize("given", [OSError(5, "Input/output error"), b"tex"])
def test_what_the_disk_has_lost_is_told_by_the_folder(
    monkeypatch: pytest.MonkeyPatch, given: OSError | bytes
) -> None:
    kept, _other = (store := Store()).keep("text"), store.keep("other")

    def lose(_descriptor: int, _size: int, _at: int) -> bytes:
        if isinstance(given, OSError):
            raise given
        return given

    monkeypatch.setattr(os, "pread", lose)
    with pytest.raises(OSError, match="Input/output error") as raised:
        text_of(kept)
    assert raised.value.filename == tempfile.gettempdir()


@pytest.mark.usefixtures("no_room")
@pytest.mark.parametrize("text", ["", "\ud800"])
def test_what_has_no_bytes_stays_in_memory(text: str) -> None:
    assert Store().keep(text) == text


FILES = {
    "schemas/project.yaml": "project: {name: x}\n",
    "partials/_p.md": "{{ schema.nothing }} → here\n",
    "agents/good.md": "---\nname: good\ndescription: 🤖 {{ x }}\n---\n[p](../prompts/p.md) →\n",
    "agents/bad.md": "---\nname: bad\ndescription: d\n---\n🤖\n{% include '_p.md' %}\n",
    "prompts/p.md": "# → {{ schema.project.name }}\n",
}


def _said(folder: Path) -> tuple[list[bytes], str]:
    try:
        artifacts = agentgen.render(agentgen.load(folder)).artifacts
    except AgentgenError as error:
        return [], str(error)
    agentgen.write(artifacts, folder / "build")
    written = sorted((folder / "build").rglob("*.md"))
    return [path.read_bytes() for path in written], ""


@pytest.mark.parametrize("without", [(), ("agents/bad.md",)])
def test_a_run_says_and_writes_the_same_wherever_its_texts_lie(
    write_tree: Tree, monkeypatch: pytest.MonkeyPatch, without: tuple[str, ...]
) -> None:
    folder = write_tree({name: text for name, text in FILES.items() if name not in without})
    in_memory = _said(folder)
    monkeypatch.setattr(keeping, "IN_MEMORY", 0)
    assert _said(folder) == in_memory
    assert any(in_memory)


@pytest.mark.usefixtures("no_room")
def test_what_was_on_disk_can_be_shown_when_it_is_replaced(write_tree: Tree) -> None:
    folder = write_tree({"agents/a.md": "---\nname: a\ndescription: d\n---\nold → 🤖\n"})
    _said(folder)
    (folder / "agents/a.md").write_text("---\nname: a\ndescription: d\n---\nnew → 🤖\n")
    artifacts = agentgen.render(agentgen.load(folder)).artifacts
    (change,) = agentgen.write(artifacts, folder / "build")
    assert isinstance(change.found.kept, Kept)
    assert change.found.data is not None
    assert change.found.data.endswith("old → 🤖\n".encode())
    assert change.new == (folder / "build/agents/a.md").read_bytes()
    assert change.new.endswith("new → 🤖\n".encode())


@pytest.mark.usefixtures("no_room")
def test_a_library_takes_less_memory_than_its_texts(write_tree: Tree) -> None:
    """Of twenty agents that are loaded and rendered, two texts are in memory at a time."""

    def left(lines: int) -> int:
        body = "{{ schema.project.name }} → 🤖\n" * lines
        agent = "---\nname: a{}\ndescription: d\n---\n{}"
        files = {f"{lines}/agents/a{n}.md": agent.format(n, body) for n in range(20)}
        folder = write_tree(files | {f"{lines}/schemas/project.yaml": "project: {name: x}\n"})
        loaded = agentgen.load(folder / str(lines))
        with agentgen.Workers() as workers:
            rendered = agentgen.render(loaded, workers=workers)
        del files
        gc.collect()
        assert len(rendered.artifacts) == 20
        return tracemalloc.get_traced_memory()[0]

    left(1)
    tracemalloc.start()
    try:
        of_short_ones, of_long_ones = left(1), left(200)
    finally:
        tracemalloc.stop()
    assert of_long_ones - of_short_ones < 4 * sys.getsizeof(
        "{{ schema.project.name }} → 🤖\n" * 200
    )


@pytest.mark.parametrize(
    ("held", "found"),
    [
        ("", ("\ufdd0", "\ufdd1")),
        ("\ufdd1", ("\ufdd2", "\ufdd3")),
        ("\ufdd0\ufdd3", ("\ufdd4", "\ufdd5")),
        ("".join(map(chr, range(0xFDD0, 0xFDF0, 2))), ("", "")),
    ],
)
def test_marks_are_characters_that_no_text_holds(held: str, found: tuple[str, str]) -> None:
    assert unused_characters(lambda: iter(["plain", *held, "→"])) == found
