"""The documents are true: their files, commands and settings are used as they stand there.

Each document is played from top to bottom in a folder of its own. A block that a line such as
"`agents/reviewer.md`:" introduces is a file, and is written. What happens with other blocks is
said by their language, in `PLAYED`. `text` is what is only shown, as output. Any other must have
a comment before it, which readers do not see: `<!-- not run: the reason -->`. Another such comment,
`<!-- run: command -->`, prepares what the blocks below it need.

The README brings its own project; every other document begins with the first two files of it.
`make golden` rewrites the output that console blocks show; the diff is then to be read like code.
"""

import functools
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pages
import pytest
import yaml
from markdown_it import MarkdownIt

from agentgen.cli import VERBS
from agentgen.frozen import asdict
from agentgen.outcome import Limits
from agentgen.paths import ShownPath
from agentgen.rules import RULES, load_rule
from agentgen.settings import LintSettings, Settings, find_settings
from agentgen.targets import TARGETS
from conftest import COMMAND, ROOT
from test_golden import UPDATE

README = ROOT / "README.md"
AT_THE_TOP = [README, ROOT / "CHANGELOG.md", ROOT / "SECURITY.md"]
DOCUMENTS = AT_THE_TOP + sorted((ROOT / "docs").rglob("*.md"))
FILE = re.compile(r".*`([\w./-]+)`:\n\n$", re.DOTALL)
NOT_RUN = re.compile(r".*<!-- not run: (.+) -->\n$", re.DOTALL)
HIDDEN = re.compile(r"<!-- run: (.+) -->\n$", re.DOTALL)
STEP = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
RULE = re.compile(r"^([\w./-]+):(?!=)", re.MULTILINE)
INTERRUPTED_AFTER = 60
"""Seconds after which a command of a document has lost its way."""


@dataclass(frozen=True)
class Block:
    """A block of a document; `path` is the file that it shows, `reason` why it is not run."""

    language: str
    text: str
    path: str | None = None
    reason: str | None = None


def blocks(document: Path) -> list[Block]:
    text = document.read_text()
    lines = text.splitlines(keepends=True)
    found = []
    for token in MarkdownIt().parse(text):
        if token.type == "html_block" and (hidden := HIDDEN.match(token.content)):
            found.append(Block("sh", hidden[1]))
        elif token.type == "fence" and token.map:
            above = "".join(lines[max(token.map[0] - 2, 0) : token.map[0]])
            path, reason = FILE.match(above), NOT_RUN.match(above)
            found.append(Block(token.info, token.content, path and path[1], reason and reason[1]))
    return found


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    env = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder.parent),
        "CHECKOUT": str(ROOT),
        "COLUMNS": "80",
        **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE")},
    }
    return subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INTERRUPTED_AFTER,
        check=False,
    )


def shell(script: str, folder: Path) -> None:
    done = run(["bash", "-euo", "pipefail", "-c", script], folder)
    assert done.returncode == 0, f"{script}\n{done.stdout}"


def python(script: str, folder: Path) -> None:
    done = run([sys.executable, "-W", "error", "-c", script], folder)
    assert done.returncode == 0, f"{script}\n{done.stdout}"


def make(rules: str, folder: Path) -> None:
    """Add rules to the makefile, and make what they make."""
    path = folder / "Makefile"
    path.write_text((f"{path.read_text()}\n" if path.exists() else "") + rules)
    goals = [goal for goal in RULE.findall(rules) if not goal.startswith(".PHONY")]
    assert goals
    done = run(["make", *goals], folder)
    assert done.returncode == 0, f"{rules}\n{done.stdout}"
    assert all((folder / goal).exists() for goal in goals if "." in goal)


def console(text: str, folder: Path) -> None:
    assert told(text, folder) == text


def told(text: str, folder: Path) -> str:
    """Return a console block with what its commands really print."""
    steps = STEP.findall(text)
    assert "".join(f"$ {command}\n{output}" for command, output in steps) == text
    printed = [run(["bash", "-c", command], folder).stdout for command, _ in steps]
    return "".join(
        f"$ {command}\n{output}" for (command, _), output in zip(steps, printed, strict=True)
    )


def settings(text: str, folder: Path) -> None:
    """Read settings as agentgen does, or as a part of `pyproject.toml`."""
    path = folder / ("pyproject.toml" if "[tool." in text else "agentgen.toml")
    path.write_text(text)
    assert find_settings(folder, ShownPath(folder)).file == path
    path.unlink()


def data(text: str, _: Path) -> None:
    assert list(yaml.safe_load_all(text)) is not None


def json_data(text: str, _: Path) -> None:
    json.loads(text)


PLAYED: dict[str, Callable[[str, Path], None]] = {
    "console": console,
    "sh": shell,
    "python": python,
    "make": make,
    "toml": settings,
    "yaml": data,
    "json": json_data,
    "text": lambda *_: None,
}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_documents_are_found() -> None:
    assert {"README.md", "docs/make.md", "docs/verbs/render.md"} <= set(map(relative, DOCUMENTS))
    assert sum(len(blocks(document)) for document in DOCUMENTS) > 50


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_a_document_does_what_it_says(document: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    if document != README:
        for block in [each for each in blocks(README) if each.path][:2]:
            write(project / str(block.path), block.text)
    for block in blocks(document):
        if block.path:
            write(project / block.path, block.text)
        elif not block.reason:
            assert block.language in PLAYED, f"not run, and no reason given:\n{block.text}"
            if UPDATE and block.language == "console":
                text = document.read_text()
                document.write_text(text.replace(block.text, told(block.text, project), 1))
            else:
                PLAYED[block.language](block.text, project)


def test_the_made_parts_are_what_the_code_says() -> None:
    behind = [relative(path) for path, text in pages.pages().items() if read(path) != text]
    assert not behind, "run `make golden`, and read the diff"


def read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def test_every_verb_has_its_page_and_every_page_its_verb() -> None:
    assert {path.stem for path in (ROOT / "docs/verbs").iterdir()} == set(VERBS)
    for verb in VERBS:
        assert f"<!-- made: help {verb} -->" in pages.page_of(verb).read_text()


@functools.cache
def anchors(document: Path) -> set[str]:
    """Return the anchors of the headings, as GitHub and the site make them."""
    tokens = MarkdownIt().parse(document.read_text())
    headings = [text.content for head, text in pairwise(tokens) if head.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def links(document: Path) -> Iterator[str]:
    for block in MarkdownIt().enable("table").parse(document.read_text()):
        for token in block.children or ():
            if address := token.attrGet("href") or token.attrGet("src"):
                yield str(address)


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_links_lead_somewhere(document: Path) -> None:
    for address in links(document):
        if re.match(r"https://|mailto:", address):
            continue
        path, _, anchor = address.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.is_relative_to(ROOT), address
        assert target.exists(), address
        assert not anchor or anchor in anchors(target), address


def test_every_document_is_linked_from_another() -> None:
    reached = {
        (document.parent / address.partition("#")[0]).resolve()
        for document in DOCUMENTS
        for address in links(document)
    }
    assert set(DOCUMENTS) - {README} <= reached


def table_rows(text: str) -> list[list[str]]:
    rows = re.findall(r"^\| (.+) \|$", text, re.MULTILINE)
    return [[cell.strip() for cell in row.split(" | ")] for row in rows]


def written(default: object) -> str:
    """Return a default value as TOML has it."""
    return json.dumps(list(default) if isinstance(default, tuple) else default)


def all_settings() -> dict[str, str]:
    """Return the name and the default of every setting, those of tables behind a dot."""
    tables: dict[str, LintSettings | Limits] = {"lint": LintSettings(), "limits": Limits()}
    found: dict[str, str] = {}
    for name in Settings.__match_args__:
        if name in tables:
            found |= {
                f"{name}.{key.replace('_', '-')}": written(default)
                for key, default in asdict(tables[name]).items()
            }
        elif name != "tools":
            found[name] = written(getattr(Settings(), name))
    return found | {"lint.per-file-ignores": "{}", "tools": "{}"}


def test_the_page_of_settings_has_them_all_with_their_defaults() -> None:
    rows = table_rows((ROOT / "docs/settings.md").read_text())
    shown = {row[0].strip("`"): row[2].strip("`") for row in rows if row[0].startswith("`")}
    assert shown == all_settings()


def test_the_defaults_that_are_shown_are_the_defaults(tmp_path: Path) -> None:
    shown = [each.text for each in blocks(ROOT / "docs/settings.md") if each.language == "toml"]
    write(tmp_path / "agentgen.toml", shown[0])
    assert find_settings(tmp_path, ShownPath(tmp_path)).settings == Settings()
    assert set(tomllib.loads(shown[0])) == set(Settings.__match_args__)


def checklist(heading: str) -> list[str]:
    """Return the paths of a checklist in docs/contributing.md, with `NAME` for what is added."""
    text = (ROOT / "docs/contributing.md").read_text()
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^- \[ \] .*?`([\w./-]+)`", section, re.MULTILINE)


def test_each_rule_keeps_the_checklist() -> None:
    paths = checklist("Adding a rule")
    assert len(paths) >= 4
    transcripts = [path.read_text() for path in (ROOT / "tests/golden").glob("*/*/transcript")]
    for rule in RULES:
        for path in paths:
            if "NAME" in path:
                assert (ROOT / path.replace("NAME", rule.replace("-", "_"))).exists()
        assert f"## {rule}\n" in (ROOT / "docs/rules.md").read_text()
        assert load_rule(rule).summary
        assert any(f"[{rule}]" in text for text in transcripts), rule
    assert all((ROOT / path).exists() for path in paths if "NAME" not in path)


def test_each_target_keeps_the_checklist() -> None:
    paths = checklist("Adding a target")
    assert len(paths) >= 4
    for target in TARGETS:
        for path in paths:
            assert (ROOT / path.replace("NAME", target)).exists()
        assert f"## {target}\n" in (ROOT / "docs/targets.md").read_text()
        assert f"`{target}`" in README.read_text().partition("There are")[2].partition("\n\n")[0]


def test_exit_codes_in_the_readme() -> None:
    codes = {row[0] for row in table_rows(README.read_text()) if row[0].isdigit()}
    assert codes == {"0", "1", "2", "130"}
    assert COMMAND[1:] == ["-m", "agentgen"]
