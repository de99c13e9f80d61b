"""`agentgen preview`: laid out for people on a terminal, and exact everywhere else."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from agentgen.preview.page import Page
from agentgen.preview.terminal import draw_page
from conftest import Agentgen, on_a_terminal

Tree = Callable[[dict[str, str]], Path]
REVIEWER = """\
---
name: reviewer
description: Reviews changes
tools: [read, search]
---
# Reviewer of {{ schema.project.name }}

- **Always** read `all` of it
{% if schema.project.never %}
never
{% endif %}

```python
print("{{ schema.project.name }}")
```
"""
PROJECT = {
    "agents/reviewer.md": REVIEWER,
    "schemas/project.yaml": "project:\n  name: tidecast\n",
}


def plain(shown: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


@pytest.mark.parametrize("options", [(), ("--raw",)])
def test_a_pipe_gets_what_render_writes(
    options: tuple[str, ...], agentgen: Agentgen, write_tree: Tree
) -> None:
    root = write_tree(PROJECT)
    agentgen("render")
    run = agentgen("preview", "reviewer", *options)
    assert run.stdout == (root / "build/agents/reviewer.md").read_text()


def test_a_terminal_gets_a_page(write_tree: Tree) -> None:
    root = write_tree(PROJECT)
    shown = on_a_terminal(root, "preview", "reviewer")
    assert "\x1b[1mAlways" in shown
    lines = plain(shown).splitlines()
    assert lines[0].strip("─") == " agents/reviewer.md (markdown) "
    assert lines[1:4] == [
        "name         reviewer",
        "description  Reviews changes",
        "tools        read, search",
    ]
    assert " • Always read all of it" in lines
    assert '    print("tidecast")' in lines
    assert "---" not in lines


def test_below_the_page_stands_what_lint_finds(write_tree: Tree) -> None:
    root = write_tree({**PROJECT, "agents/reviewer.md": REVIEWER.replace("never", "nmae", 1)})
    shown = plain(on_a_terminal(root, "preview", "reviewer"))
    assert "agents/reviewer.md:9:22: error[undefined-variable]" in shown
    assert shown.splitlines()[-1] == "1 error"


def test_raw_on_a_terminal_is_raw(write_tree: Tree, agentgen: Agentgen) -> None:
    root = write_tree(PROJECT)
    exact = agentgen("preview", "reviewer").stdout
    assert on_a_terminal(root, "preview", "reviewer", "--raw") == exact


def test_no_color(write_tree: Tree) -> None:
    root = write_tree(PROJECT)
    assert "\x1b" not in on_a_terminal(root, "preview", "reviewer", "--no-color")
    assert "\x1b" not in on_a_terminal(root, "preview", "reviewer", NO_COLOR="1")


def test_without_colours_headings_and_code_are_told_by_marks(write_tree: Tree) -> None:
    text = "# One `two`\n\nThree\n---\n\nFour `five`\n"
    root = write_tree({**PROJECT, "agents/plain.md": f"---\nname: x\ndescription: y\n---\n{text}"})
    lines = on_a_terminal(root, "preview", "plain", NO_COLOR="1").splitlines()
    assert lines[4:9:2] == ["# One `two`", "## Three", "Four `five`"]
    shown = on_a_terminal(root, "preview", "plain", "--color", NO_COLOR="1")
    assert "\x1b[36mfive\x1b[0m" in shown
    assert "#" not in shown


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--raw", "--source"),
            "`--raw`, `--source`, `--diff` and `--web` do not go together",
        ),
        (("--port", "8000"), "`--port` and `--open` are for `--web`"),
        (("-t", "claude", "-t", "codex"), "one target is shown; `--web` switches between them"),
    ],
)
def test_what_makes_no_sense_together(
    options: tuple[str, ...], message: str, agentgen: Agentgen, write_tree: Tree
) -> None:
    write_tree(PROJECT)
    run = agentgen("preview", "reviewer", *options)
    assert run.code == 2
    assert run.stdout == ""
    assert run.stderr.endswith(f"Error: {message}\n")


def test_two_columns_have_room_on_a_wide_terminal(write_tree: Tree) -> None:
    root = write_tree(PROJECT)
    wide = on_a_terminal(root, "preview", "reviewer", "--source", "--no-color", COLUMNS="300")
    assert max(map(len, wide.splitlines())) > 200


def test_a_page_that_is_longer_than_the_terminal_is_paged(write_tree: Tree) -> None:
    root = write_tree({**PROJECT, "agents/long.md": REVIEWER + "- one more\n" * 30})
    assert "     1\t" not in on_a_terminal(root, "preview", "reviewer", PAGER="cat -n")
    shown = on_a_terminal(root, "preview", "long", PAGER="cat -n", LESS="-R")
    assert "     1\t" in shown


def test_what_is_drawn_hides_nothing_and_steers_nothing(write_tree: Tree) -> None:
    hostile = (
        "---\nname: x\ndescription: y\n---\n<!-- hidden -->\n\n<b onclick=x>bold</b>\n\n"
        "![seen](http://tracker.example/a.png) and [a link](http://real.example/)\n\n"
        '{{ "\\u001b" }}]0;title\n\n```\n{{ "\\u001b" }}[2J\n```\n'
    )
    root = write_tree({"agents/x.md": hostile, "agentgen.toml": 'allow_characters = ["U+001B"]\n'})
    for options in ((), ("--source",)):
        shown = on_a_terminal(root, "preview", "x", *options, "--no-color", COLUMNS="160")
        assert "\x1b" not in shown
        for text in ("<!-- hidden -->", "<b onclick=x>", "tracker.example", "\\u{1b}[2J"):
            assert text in shown
    assert "\x1b" not in on_a_terminal(root, "preview", "x", "--diff", "--no-color")
    whole = draw_page("x", Page((), None), None, "a\x1b[2Jb\u202e", width=80, color=False)
    assert "a\\u{1b}[2Jb\\u{202e}" in whole
    assert "a link (http://real.example/)" in on_a_terminal(root, "preview", "x", "--no-color")


def test_source_and_text_stand_side_by_side(write_tree: Tree, agentgen: Agentgen) -> None:
    write_tree(PROJECT)
    run = agentgen("preview", "reviewer", "--source")
    lines = [re.split(r" {2,}", line.strip()) for line in run.stdout.splitlines()]
    assert ["6", "# Reviewer of {{", "6", "# Reviewer of tidecast"] in lines
    assert ["9", "{% if schema.project.never %}"] in lines
    assert ["13", "```python", "10", "```python"] in lines


def test_without_rich(write_tree: Tree, agentgen: Agentgen) -> None:
    root = write_tree(
        {**PROJECT, "without/sitecustomize.py": "import sys\nsys.modules['rich'] = None\n"}
    )
    without = {"PYTHONPATH": str(root / "without")}
    exact = agentgen("preview", "reviewer").stdout
    shown = on_a_terminal(root, "preview", "reviewer", **without)
    hint = "to see it laid out, install Rich beside agentgen (`pip install rich`)"
    assert shown == f"{exact}{hint}, or agentgen with the extra `preview`\n"
    assert on_a_terminal(root, "preview", "reviewer", "--raw", **without) == exact
    run = agentgen("preview", "reviewer", "--source", **without)
    assert run.code == 2
    assert "`pip install rich`" in run.stderr


def test_a_misspelt_name_is_met_with_the_nearest(write_tree: Tree, agentgen: Agentgen) -> None:
    write_tree(PROJECT)
    run = agentgen("preview", "reviwer")
    assert run.code == 2
    assert "help: did you mean `reviewer`?" in run.stderr


def test_the_difference_from_the_file_on_disk(write_tree: Tree, agentgen: Agentgen) -> None:
    root = write_tree(PROJECT)
    new = agentgen("preview", "reviewer", "--diff")
    assert new.stdout.startswith("--- /dev/null\n+++ b/agents/reviewer.md\n@@ -0,0 +1,")
    agentgen("render")
    same = agentgen("preview", "reviewer", "--diff")
    assert (same.stdout, same.stderr) == ("", "build/agents/reviewer.md is the same\n")
    changed = agentgen("preview", "reviewer", "--diff", "--set", "project.name=harbor")
    assert "-# Reviewer of tidecast\n+# Reviewer of harbor\n" in changed.stdout
    shown = on_a_terminal(root, "preview", "reviewer", "--diff", "--set", "project.name=harbor")
    assert "\x1b[32m+# Reviewer of harbor" in shown


def test_without_an_agent(agentgen: Agentgen) -> None:
    run = agentgen("preview")
    assert run.code == 2
    assert run.stderr.endswith("Error: name an agent; `--web` shows them all\n")


def test_markdown_that_keeps_a_parser_busy_is_shown_as_it_is(write_tree: Tree) -> None:
    text = "---\nname: busy\ndescription: x\n---\n" + "[" * 60_000 + "\n"
    root = write_tree({"agents/busy.md": text})
    shown = on_a_terminal(root, "preview", "busy", "--limit", "time=0.3", "--no-color", PAGER="cat")
    assert "---\nname: busy\ndescription: x\n---\n" + "[" * 80 in shown
