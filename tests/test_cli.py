"""The command line as a shell sees it: streams, exit codes, terminals, completion."""

import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from agentgen.report.text import width
from conftest import COMMAND, DEADLINE_SECONDS, ROOT, Agentgen, on_a_terminal, run_agentgen

Tree = Callable[[dict[str, str]], Path]
COLOR = re.compile(r"\x1b\[[0-9;]*m")
FRONT = "---\nname: {}\ndescription: Does {}\n---\n"
TWO = {
    "agents/alpha.md": FRONT.format("alpha", "this") + "Body.\n",
    "agents/beta.md": FRONT.format("beta", "that") + "Body.\n",
    "prompts/gamma.md": "Prompt.\n",
}


def test_console_script_is_the_module(agentgen: Agentgen) -> None:
    script = Path(sys.executable).with_name("agentgen")
    shown = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout == agentgen("--version").stdout


def test_only_what_was_asked_for_is_on_stdout(agentgen: Agentgen, write_tree: Tree) -> None:
    write_tree({**TWO, "agents/warned.md": "no front matter\n"})
    run = agentgen("render", "-v")
    assert run.stdout == ""
    assert "warning[missing-description]" in run.stderr
    assert json.loads(agentgen("list", "--json").stdout)["version"] == 1


def test_a_second_run_touches_nothing(agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree(TWO)
    agentgen("render")
    before = {path: path.stat().st_mtime_ns for path in root.glob("build/**/*")}
    assert len(before) == 6
    run = agentgen("render")
    assert run.stderr == "3 unchanged in build\n"
    assert {path: path.stat().st_mtime_ns for path in root.glob("build/**/*")} == before


def test_a_reader_that_leaves_early_is_no_error(write_tree: Tree) -> None:
    root = write_tree({f"agents/a{n}.md": FRONT.format(f"a{n}", "x" * 500) for n in range(300)})
    with subprocess.Popen([*COMMAND, "list"], cwd=root, stdout=-1, stderr=-1, text=True) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == ""
    assert run.returncode == 0


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "1>&- 2>&-"])
def test_closed_streams(closed: str, write_tree: Tree) -> None:
    root = write_tree(TWO)
    line = f"exec {sys.executable} -m agentgen render {closed}"
    done = subprocess.run(line, shell=True, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert (root / "build/agents/alpha.md").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_stdout_is_an_error(write_tree: Tree) -> None:
    root = write_tree(TWO)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "list"],
            cwd=root,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr == "error: cannot write what was asked for: no space left on device\n"


def test_list_is_a_table_on_a_terminal(write_tree: Tree) -> None:
    root = write_tree({**TWO, "agents/long.md": FRONT.format("long", "日本" * 60)})
    shown = on_a_terminal(root, "list")
    lines = shown.splitlines()
    assert lines[:3] == ["3 agents", "  alpha  Does this", "  beta   Does that"]
    assert lines[3].startswith("  long   Does 日本")
    assert lines[3].endswith("…")
    assert lines[4:] == ["1 prompt", "  gamma"]


def test_messages_are_coloured_on_a_terminal_only_there(
    write_tree: Tree, agentgen: Agentgen
) -> None:
    root = write_tree({"agents/a.md": "---\nname: a\ndescription: b\n---\n{{ nope }}\n"})
    assert "\x1b[1;31merror" in on_a_terminal(root, "render")
    assert not COLOR.search(on_a_terminal(root, "render", NO_COLOR="1"))
    assert not COLOR.search(on_a_terminal(root, "render", "--no-color"))
    assert "\x1b" not in agentgen("render").stderr


@pytest.mark.parametrize("before", ["a line that is long enough ", "日本語で書かれた長い行です "])
def test_excerpts_fit_into_the_terminal_so_that_carets_point(before: str, write_tree: Tree) -> None:
    body = f"{before * 5}{{{{ schema.nope }}}}{before * 5}\n"
    root = write_tree({"agents/a.md": FRONT.format("a", "this") + body})
    shown = on_a_terminal(root, "lint", "--no-color").splitlines()
    excerpt, caret = next(pair for pair in pairwise(shown) if pair[0].startswith("    5 |"))
    assert width(excerpt) <= 80
    assert width(excerpt.partition("nope")[0]) == caret.index("^")


def test_long_work_shows_its_progress_on_a_terminal_only(
    write_tree: Tree, agentgen: Agentgen
) -> None:
    slow = "{% for a in range(3000) %}{% for b in range(900) %}{% endfor %}{% endfor %}x\n"
    files = {f"agents/a{n}.md": FRONT.format(f"a{n}", "x") + slow for n in range(24)}
    root = write_tree(files)
    shown = on_a_terminal(root, "render")
    assert re.search(r"rendering +\[#+-*\]", shown)
    assert shown.splitlines()[-1] == "24 files written to build"
    assert "rendering" not in on_a_terminal(root, "render", "-q")
    assert "rendering" not in agentgen("render").stderr


def test_help_fits_eighty_columns(agentgen: Agentgen) -> None:
    for arguments in (("--help",), ("render", "--help"), ("list", "--help")):
        for line in agentgen(*arguments).stdout.splitlines():
            assert len(line) <= 80


def completed(shell: str, words: str, root: Path) -> str:
    env = {
        "PATH": os.environ["PATH"],
        "_AGENTGEN_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1)
        if shell != "fish"
        else words.rsplit(" ", maxsplit=1)[-1],
    }
    done = subprocess.run(COMMAND, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_agents_are_completed(shell: str, write_tree: Tree) -> None:
    root = write_tree(TWO)
    assert "alpha" in completed(shell, "agentgen render al", root)
    assert "beta" not in completed(shell, "agentgen render al", root)
    assert "render" in completed(shell, "agentgen re", root)
    assert "--whitespace" in completed(shell, "agentgen render --wh", root)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_can_be_explained_is_completed(shell: str, write_tree: Tree) -> None:
    agent = "For {{ schema.project.name }}.\n"
    root = write_tree({"agents/alpha.md": agent, "prompts/alps.md": agent})
    found = completed(shell, "agentgen explain al", root)
    assert "alpha" in found
    assert "alps" in found
    assert "schema.languages.linting" in completed(
        shell, "agentgen explain schema.languages.", root
    )
    assert "broken-link" in completed(shell, "agentgen explain bro", root)
    assert "broken-link" in completed(shell, "agentgen explain bro", root / "agents")


def test_completion_outside_of_a_project_says_nothing(tmp_path: Path) -> None:
    assert completed("bash", "agentgen render al", tmp_path) == "file,al\n"


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_bash_script_completes(write_tree: Tree) -> None:
    root = write_tree(TWO)
    leader, follower = pty.openpty()
    env = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TERM": "dumb",
        "PS1": "$ ",
    }
    with subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"],
        cwd=root,
        env=env,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    ) as bash:
        os.close(follower)
        type_and_wait(
            leader, 'eval "$(_AGENTGEN_COMPLETE=bash_source agentgen)"; echo re""ady\n', "ready"
        )
        shown = type_and_wait(leader, "agentgen render al\t", "alpha")
        bash.kill()
    os.close(leader)
    assert "agentgen render alpha" in shown


def type_and_wait(terminal: int, keys: str, expected: str) -> str:
    """Type keys; return what is shown until the expected text is among it."""
    os.write(terminal, keys.encode())
    shown = ""
    while expected not in shown and select.select([terminal], [], [], DEADLINE_SECONDS)[0]:
        shown += os.read(terminal, 65536).decode()
    return shown


def test_odd_file_names(agentgen: Agentgen, write_tree: Tree) -> None:
    write_tree({"agents/-a b'ü🚀.md": "{{ nope }}\n", "agents/::error::x.md": "{{ nope }}\n"})
    run = agentgen("render")
    assert run.code == 2
    assert not re.search(r"^::", run.stderr, re.MULTILINE)
    assert "agents/-a b'ü🚀.md:1:4: error[undefined-variable]" in run.stderr


def test_a_name_that_is_not_text(agentgen: Agentgen, tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    try:
        Path(os.fsdecode(bytes(tmp_path) + b"/agents/\xff\n.md")).write_text("{{ nope }}\n")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    run = agentgen("render")
    assert run.code == 2
    assert "Traceback" not in run.stderr
    assert "agents/\\u{dcff} .md:1:4: error[undefined-variable]" in run.stderr


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_any_locale(locale: str, agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": "---\nname: ü\ndescription: 🚀\n---\nä {{ nope }}\n"})
    run = agentgen("render", LC_ALL=locale, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert run.code == 2
    assert "error[undefined-variable]" in run.stderr
    (root / "agents/a.md").write_text("---\nname: ü\ndescription: 🚀\n---\nä\n", encoding="utf-8")
    assert agentgen("render", LC_ALL=locale, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0").code == 0
    assert (root / "build/agents/a.md").read_bytes().endswith("🚀\n---\nä\n".encode())


def test_the_json_of_list_is_as_documented(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents/a.md").write_text("---\ndescription: d\n---\n")
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/p.md").write_text("Text.\n")
    page = (ROOT / "docs/verbs/list.md").read_text()
    rows = re.findall(r"^\| (nothing|`--\w+`) \| (.*) \| (.*) \|$", page, re.MULTILINE)
    assert len(rows) == 5
    for asked, lists, items in rows:
        options = [] if asked == "nothing" else [asked.strip("`")]
        data = json.loads(run_agentgen("list", "--json", *options, cwd=tmp_path).stdout)
        assert data.pop("version") == 1
        assert list(data) == re.findall(r"`(\w+)`", lists)
        for item in (item for listed in data.values() for item in listed):
            keys = re.findall(r"`(\w+)`", items)
            assert list(item) == keys if keys else isinstance(item, str)
            assert all(isinstance(value, str) for value in (item.values() if keys else [item]))


@pytest.mark.parametrize("before", ["", "threading.Thread(target=late).start()", "at_the_end()"])
def test_what_waits_for_the_end_of_the_process_is_done(before: str, tmp_path: Path) -> None:
    code = (
        "import atexit, sys, threading, time\n"
        "def late():\n    time.sleep(0.3); print('done')\n"
        "def at_the_end():\n    atexit.register(print, 'done')\n"
        f"{before}\n"
        "sys.argv = ['agentgen', 'no-such-verb']\n"
        "from agentgen.__main__ import run\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, timeout=60
    )
    assert done.returncode == 2
    assert b"there is no command `no-such-verb`" in done.stderr
    assert done.stdout == (b"done\n" if before else b"")
