"""Imports: what any client has comes out of the sources again; hostile packs are refused whole."""

import atexit
import io
import json
import tarfile
import tempfile
import tomllib
import zipfile
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import agentgen
from agentgen.diagnostics import AgentgenError
from agentgen.importing import packs
from agentgen.importing.bringing import Wish, bring, deliver
from agentgen.importing.generic import generic_tools
from agentgen.importing.literal import literal_body, literal_value
from agentgen.importing.places import origin_of
from agentgen.modes import Whitespace
from agentgen.paths import ShownPath
from agentgen.targets import TARGETS, Target
from agentgen.targets.vocabulary import GENERIC, translate
from agentgen.workers import Workers
from conftest import FUZZING, ROOT, Agentgen, render_text

NATIVE = [target for target in TARGETS.values() if target.native]
SPEAKING = [target for target in NATIVE if target.native and target.native.vocabulary]
BRACES = ("{{", "}}", "{%", "%}", "{#", "#}", "{", "}", "{% raw %}", "{% endraw %}", "{%-endraw%}")
PIECES = (
    *BRACES,
    *"-+'\": \n\t",
    "  ",
    "\n\n",
    "a",
    "Read [it](x.md)",
    "é",
    "名",
    "🔍",
    "- ",
    "\\",
)

bodies = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
words = st.text("ab {}%#'\":-é名🔍\\\n", max_size=20).filter(str.strip)
texts = st.one_of(words, st.lists(st.sampled_from((*BRACES, "x")), min_size=1).map(" ".join))


@cache
def workers() -> Workers:
    """Return workers that all examples share; they end with the test run."""
    started = Workers(most=1)
    atexit.register(started.__exit__, None, None, None)
    return started


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for what a key of a target's table can hold."""
    if "anyOf" in schema:
        return st.one_of([values(each) for each in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].replace("$", r"\Z"), alphabet=PLAIN).filter(
            str.strip
        )
    if schema.get("type") == "array":
        return st.lists(values(schema.get("items", {})), min_size=1, max_size=3)
    if schema.get("type") == "object":
        inner = values(schema.get("additionalProperties", {}))
        return st.dictionaries(
            st.text("ab-", min_size=1, max_size=5), inner, min_size=1, max_size=3
        )
    simple = {
        "boolean": st.booleans(),
        "integer": st.integers(1, 9),
        "number": st.integers(0, 9).map(lambda number: number / 4),
    }
    return simple.get(schema.get("type", ""), texts)


PLAIN = st.sampled_from("abcdefxyz0189-_/#.")


@st.composite
def agents(draw: st.DrawFn, target: Target) -> tuple[dict[str, Any], str]:
    """Return keys that a client takes, with a name and a description, and a body."""
    assert target.native is not None
    known = dict(target.native.known)
    chosen = draw(st.lists(st.sampled_from(sorted(known)), unique=True, max_size=6))
    keys = {key: draw(values(known[key])) for key in chosen}
    keys = {key: value for key, value in keys.items() if key not in ("tools", "groups")}
    if "description" in known:
        keys["description"] = draw(texts)
    if "name" in known:
        keys["name"] = "the-agent" if target.name == "skill" else draw(values(known["name"]))
        if "pattern" not in known["name"] and target.name != "skill":
            keys["name"] = f"The agent {keys['name']}"
    if target.native.vocabulary and "tools" in known and draw(st.booleans()):
        own = sorted(target.native.vocabulary.own)
        named = st.sampled_from([*own, "NoSuchTool"] if target.name == "claude" else own)
        keys["tools"] = draw(st.lists(named, min_size=1, max_size=5))
    if target.name == "roo":
        keys |= {"slug": "the-agent", "groups": draw(st.sampled_from(GROUPS))}
    return keys, f"Do the work. {draw(bodies)}"


GROUPS: tuple[list[Any], ...] = (
    [],
    ["read"],
    ["read", ["edit", {"fileRegex": "x"}]],
    ["read", "mcp", "command"],
    ["read", "edit", "command", "mcp", "modes"],
)


def written(target: Target, keys: dict[str, Any], body: str) -> str:
    """Return a client's file, written by other means than agentgen's."""
    if target.name == "codex":
        pairs = "".join(f"{key} = {_toml(value)}\n" for key, value in keys.items())
        return f"{pairs}developer_instructions = {_toml(body)}\n"
    if target.name == "roo":
        return json.dumps({"customModes": [{**keys, "roleDefinition": body}]})
    return f"---\n{yaml.safe_dump(keys, sort_keys=False, allow_unicode=True)}---\n{body}"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def read(target: Target, text: str) -> tuple[dict[str, Any], str]:
    """Read a client's file as the client does."""
    if target.name == "codex":
        keys = tomllib.loads(text)
        return keys, keys.pop("developer_instructions")
    if target.name == "roo":
        (keys,) = yaml.safe_load(text)["customModes"]
        return keys, keys.pop("roleDefinition")
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    return yaml.safe_load(head), body


def plain(key: str, value: Any) -> Any:
    """Return a value without what means nothing to a client."""
    if key == "tools" or (key == "groups" and all(isinstance(each, str) for each in value)):
        return sorted(set(value.split(", ") if isinstance(value, str) else value))
    return value.strip() if isinstance(value, str) else value


def there_and_back(target: Target, path: PurePosixPath, text: str) -> str:
    """Import a file into a new project, and render it for its target again."""
    with tempfile.TemporaryDirectory() as folder:
        pack, project = Path(folder, "pack"), Path(folder, "project")
        (pack / path).parent.mkdir(parents=True)
        (pack / path).write_bytes(text.encode())
        project.mkdir()
        brought = bring(Wish((pack,), project), workers())
        deliver(brought, write=True)
        loaded = agentgen.load(project)
        (artifact,) = agentgen.render(loaded, target.name, workers=workers()).artifacts
        assert artifact.path == path
        return artifact.text


@pytest.mark.parametrize("target", NATIVE, ids=lambda target: target.name)
@settings(max_examples=500 if FUZZING else 10)
@given(data=st.data())
def test_what_a_client_has_comes_out_again(target: Target, data: st.DataObject) -> None:
    keys, body = data.draw(agents(target))
    path = target.agents.path("the-agent", "the-agent")
    if target.is_one_file:
        path = target.agents.folder / target.agents.suffix
    again, text = read(target, there_and_back(target, path, written(target, keys, body)))
    if "name" in target.native.known and "name" not in keys:  # type: ignore[union-attr]
        again.pop("name")
    assert {key: plain(key, value) for key, value in again.items()} == {
        key: plain(key, value) for key, value in keys.items()
    }
    assert text.rstrip("\n") == body.rstrip("\n")


@pytest.mark.parametrize("whitespace", list(Whitespace))
@settings(max_examples=5000 if FUZZING else 200)
@given(body=bodies)
def test_a_literal_body_renders_to_itself(whitespace: Whitespace, body: str) -> None:
    template = literal_body(body, is_tidy=whitespace is Whitespace.TIDY)
    rendered = render_text(template, {}, whitespace=whitespace)
    assert rendered.rstrip("\n") == body.rstrip("\n")


@given(bodies)
def test_a_literal_value_renders_to_itself(text: str) -> None:
    assert render_text(literal_value(text), {}).rstrip("\n") == text.rstrip("\n")


@pytest.mark.parametrize("target", SPEAKING, ids=lambda target: target.name)
@given(data=st.data())
def test_generic_tools_allow_what_the_own_ones_did(target: Target, data: st.DataObject) -> None:
    words = target.native.vocabulary  # type: ignore[union-attr]
    assert words is not None
    own = data.draw(st.lists(st.sampled_from(sorted(words.own)), min_size=1, unique=True))
    made = translate(generic_tools(own, words, {}), words, {})
    more = set(made.names) - set(own)
    assert set(own) <= set(made.names)
    assert more <= set(words.names["read"])
    assert not more or set(own) & set(GENERIC)
    assert not made.unknown


@pytest.mark.parametrize("target", NATIVE, ids=lambda target: target.name)
def test_every_target_knows_its_own_places(target: Target) -> None:
    at = origin_of(PurePosixPath("/repo") / target.example_path)
    assert at is not None
    assert (at.target, at.is_prompt, at.root) == (target, False, PurePosixPath("/repo"))
    at = origin_of(PurePosixPath("/repo") / target.prompts.path("NAME", "NAME"))
    assert at is not None
    assert (at.target, at.is_prompt, at.stem) == (target, True, "NAME")


@pytest.mark.parametrize("name", [target.name for target in NATIVE])
def test_the_library_rendered_and_imported_renders_to_the_same(name: str, agentgen: Agentgen,
                                                               tmp_path: Path) -> None:  # fmt: skip
    agentgen("render", str(ROOT / "agents"), "-t", name, "-o", "first", "--set", "project.name=x")
    run = agentgen("import", "first", "-C", ".")
    assert run.code == 0, run.stderr
    assert "lost-by-import" not in run.stderr
    run = agentgen("render", "-t", name, "-o", "again")
    assert run.code == 0, run.stderr
    first, again = tree(tmp_path / "first"), tree(tmp_path / "again")
    assert len(first) > 2 or name == "roo"
    assert first == again


def tree(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


AGENT = b"---\nname: a\ndescription: b\n---\nDo it.\n"


def tar(path: Path, *members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.mark.parametrize(
    "info",
    [
        member("../a.md"),
        member("/tmp/a.md"),
        member("x/../../a.md"),
        member("C:a.md"),
        member("x\\a.md"),
        member("a\n.md"),
        member("a.md", tarfile.SYMTYPE, "/etc/passwd"),
        member("b", tarfile.LNKTYPE, "good.md"),
        member("b", tarfile.CHRTYPE),
        member("b", tarfile.FIFOTYPE),
        member("GOOD.md"),
    ],
    ids=lambda info: f"{info.name!r}-{info.type.decode()}",
)
@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_hostile_tar_is_refused_whole(info: tarfile.TarInfo, mode: str, tmp_path: Path) -> None:
    is_file = info.type == tarfile.REGTYPE
    hostile = (info, AGENT if is_file else b"")
    path = tar(tmp_path / "p", (member("good.md"), AGENT), hostile, mode=mode)
    with pytest.raises(AgentgenError, match="unsafe-archive"):
        packs.open_pack(path, ShownPath(tmp_path))
    assert [each.name for each in tmp_path.iterdir()] == ["p"]


@pytest.mark.parametrize("name", ["../a.md", "/a.md", "x/../../a.md", "GOOD.md", "link"])
def test_a_hostile_zip_is_refused_whole(name: str, tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.md", AGENT)
        info = zipfile.ZipInfo(name)
        info.external_attr = (0o120777 if name == "link" else 0o100644) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(AgentgenError, match="unsafe-archive"):
        packs.open_pack(path, ShownPath(tmp_path))


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "LARGEST_PACK", 3 * 1024 * 1024)
    zeros = bytes(1024 * 1024)
    many = [(member(f"{number}.bin"), zeros) for number in range(5)]
    for mode in ("w:gz", "w:xz"):
        with pytest.raises(AgentgenError, match="unpacks to more than 3 MiB"):
            packs.open_pack(tar(tmp_path / "p", *many, mode=mode), ShownPath(tmp_path))
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.md", bytes(2 * 1024 * 1024))
    with pytest.raises(AgentgenError, match="larger than 1 MiB"):
        packs.open_pack(tmp_path / "p.zip", ShownPath(tmp_path))
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.md", zeros)
    with pytest.raises(AgentgenError, match="unpacks to more than 3 MiB"):
        packs.open_pack(tmp_path / "p.zip", ShownPath(tmp_path))


@given(st.binary(max_size=200), st.sampled_from([b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b""]))
def test_a_damaged_archive_is_a_diagnostic(data: bytes, head: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "p")
        path.write_bytes(head + data)
        try:
            pack = packs.open_pack(path, ShownPath(Path(folder)))
        except AgentgenError as error:
            assert error.diagnostics[0].rule == "unsafe-archive"
        else:
            assert len(pack.files) <= 1


def test_a_good_archive_is_imported_as_its_folder_is(agentgen: Agentgen, tmp_path: Path) -> None:
    (tmp_path / "repo/.claude/agents").mkdir(parents=True)
    (tmp_path / "repo/.claude/agents/tester.md").write_bytes(AGENT)
    with tarfile.open(tmp_path / "repo.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "repo", "repo")
    with zipfile.ZipFile(tmp_path / "repo.zip", "w") as zipped:
        zipped.writestr("repo/.claude/agents/tester.md", AGENT)
    made = []
    for number, name in enumerate(("repo", "repo.tar.gz", "repo.zip")):
        project = tmp_path / str(number)
        project.mkdir()
        run = agentgen("import", name, "-C", str(project))
        assert run.code == 0, run.stderr
        made.append(tree(project))
    assert made[0] == made[1] == made[2]
    assert list(made[0]) == ["agents/tester.md"]


def test_json_is_of_a_version(agentgen: Agentgen, tmp_path: Path) -> None:
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/tester.md").write_bytes(AGENT)
    run = agentgen("import", ".", "--json", "--dry-run")
    said = json.loads(run.stdout)
    assert (said["version"], said["written"]) == (1, False)
    origins = [{"target": "claude", "path": ".claude/agents/tester.md"}]
    assert said["sources"] == [{"path": "agents/tester.md", "origins": origins}]
    assert not (tmp_path / "agents").exists()


def test_nothing_is_written_where_one_file_is_there(agentgen: Agentgen, tmp_path: Path) -> None:
    for name in ("a", "b"):
        path = tmp_path / f".claude/agents/{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(AGENT.replace(b"name: a", b"name: " + name.encode()))
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents/b.md").write_text("mine")
    run = agentgen("import", ".")
    assert run.code == 2
    assert "agents/b.md: error[unwritable-output]: this file is there already" in run.stderr
    assert tree(tmp_path / "agents") == {"b.md": b"mine"}
