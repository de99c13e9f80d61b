"""Only what changed texts reach is loaded and rendered, and the result is that of a whole run.

After each change, `render` is followed by a check that looks at everything: a file that it finds
stale, missing or orphaned is one that `render` should have touched.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = "---\nname: {0}\ndescription: Does {0}\n---\n"
PROBE = """\
import sys

def listen(event, arguments):
    path = str(arguments[0]) if arguments else ""
    is_loading = event == "open" and "click" in sys.modules  # and not only compared with the note
    if is_loading and "/project/" in path and path.endswith(".md"):
        opened.add(path.partition("/project/")[2])

opened = set()
sys.addaudithook(listen)
sys.argv = ["agentgen", *sys.argv[1:]]
from agentgen.__main__ import main
try:
    main()
finally:
    print("opened:", *sorted(opened))
"""
AGENTS = {
    f"agents/plain{number}.md": HEAD.format(f"plain{number}") + "text\n" for number in range(9)
}
FILES = {
    **AGENTS,
    "agents/deep/with.md": HEAD.format("with") + "{% include '_outer.md' %}\n",
    "agents/also.md": HEAD.format("also") + "{% include '_inner.md' %}\n",
    "agents/whole.md": HEAD.format("whole") + "{% include 'agents/plain0.md' %}\n",
    "agents/leads.md": HEAD.format("leads") + "[p](../prompts/p.md) [next](plain1.md)\n",
    "agents/off.md": HEAD.format("off") + "text\n",
    "agents/_outer.md": "{% include '_inner.md' %}\n",
    "partials/_inner.md": "inner\n",
    "partials/_never.md": "never\n",
    "prompts/p.md": "{% include '_outer.md' %}\n",
    "prompts/q.md": "[q](p.md) {{ schema.project.name }}\n",
    "schemas/project.yaml": "project: {name: x}\nagents: [{role: off, enabled: false}]\n",
    "agentgen.toml": 'targets = ["markdown", "claude"]\n',
    "docs/guide.md": "here\n",
}
TEXTS = {"agents/_outer.md", "partials/_inner.md", "partials/_never.md"} | {
    "prompts/p.md",
    "prompts/q.md",
}
"""All that is not an agent is loaded in any case: links and includes may lead to it."""


class Project:
    """A project that was rendered once, with a cache of its own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.cache = folder / "cache"
        for name, text in FILES.items():
            self.write(name, text)
        time.sleep(0.06)
        self.render()

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def add(self, text: str, *names: str) -> None:
        for name in names:
            self.write(name, (self.root / name).read_text() + text)

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def _run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(self.cache), **environment}
        command = [sys.executable, "-c", PROBE, *arguments]
        return subprocess.run(
            command, cwd=self.root, env=env, capture_output=True, text=True, check=False
        )

    def render(self) -> tuple[set[str], str]:
        """Render; return the sources that were opened, and what was said."""
        time.sleep(0.06)  # what changes while a run begins keeps it from taking a note
        done = self._run("render")
        opened = done.stdout.rpartition("opened:")[2].split()
        return {name for name in opened if not name.startswith("build/")}, done.stderr

    def check(self) -> str:
        """Look at everything; return what is not as rendered."""
        done = self._run("render", "--check", CI="1")
        return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


Change = Callable[[Project], None]


def adding(text: str, *names: str, without: str = "") -> Change:
    def change(project: Project) -> None:
        project.add(text, *names)
        if without:
            project.remove(without)

    return change


def writing(name: str, text: str) -> Change:
    return lambda project: project.write(name, text)


def renaming(name: str, text: str) -> Change:
    """Return a change as editors and `git checkout` make it."""

    def change(project: Project) -> None:
        project.write(f"{name}~", text)
        (project.root / f"{name}~").rename(project.root / name)

    return change


def moving(old: str, new: str) -> Change:
    def change(project: Project) -> None:
        (project.root / old).rename(project.root / new)

    return change


def linking(name: str) -> Change:
    def change(project: Project) -> None:
        folder = project.root / name
        folder.symlink_to(folder.rename(project.root / "elsewhere"))

    return change


def with_a_note_beside(project: Project) -> None:
    project.add("more\n", "agents/plain2.md")
    project.write("agents/notes.txt", "")


IN_PART: dict[str, tuple[Change, set[str], str]] = {
    "a body": (
        adding("more\n", "agents/plain2.md"),
        {"agents/plain2.md"},
        "2 files written to build, 28 unchanged\n",
    ),
    "two bodies": (
        adding("more\n", "agents/plain2.md", "agents/plain3.md"),
        {"agents/plain2.md", "agents/plain3.md"},
        "4 files written to build, 26 unchanged\n",
    ),
    "only the time": (
        adding("", "agents/plain2.md"),
        {"agents/plain2.md"},
        "30 unchanged in build\n",
    ),
    "a body that is saved by renaming": (
        renaming("agents/plain2.md", HEAD.format("plain2") + "text\nmore\n"),
        {"agents/plain2.md"},
        "2 files written to build, 28 unchanged\n",
    ),
    "a body, beside a file that is no source": (
        with_a_note_beside,
        {"agents/plain2.md"},
        "2 files written to build, 28 unchanged\n",
    ),
    "a partial within a partial": (
        adding("more\n", "partials/_inner.md"),
        {"agents/deep/with.md", "agents/also.md"},
        "6 files written to build, 24 unchanged\n",
    ),
    "a partial that nothing includes": (
        adding("more\n", "partials/_never.md"),
        set(),
        "30 unchanged in build\n",
    ),
    "a prompt": (
        adding("more\n", "prompts/q.md"),
        set(),
        "2 files written to build, 28 unchanged\n",
    ),
    "a new include": (
        adding("{% include '_never.md' %}\n", "agents/plain2.md"),
        {"agents/plain2.md"},
        "2 files written to build, 28 unchanged\n",
    ),
    "a new link to a prompt, and to a file": (
        adding("[q](../prompts/q.md) [g](../docs/guide.md)\n", "agents/plain2.md"),
        {"agents/plain2.md"},
        "2 files written to build, 28 unchanged\n",
    ),
}

WHOLE: dict[str, Change] = {
    "front matter": writing("agents/plain2.md", HEAD.format("other") + "text\n"),
    "an agent that another includes": adding("[one](plain1.md)\n", "agents/plain0.md"),
    "an agent with a link to another": adding("more\n", "agents/leads.md"),
    "a new include of an agent": adding("{% include 'plain3.md' %}\n", "agents/plain2.md"),
    "a new include that may be of an agent": adding(
        "{% include 'agents/plain3.md' ignore missing %}\n", "agents/plain2.md"
    ),
    "a disabled agent": adding("more\n", "agents/off.md"),
    "a partial that takes an agent's name": writing("partials/plain3.md", "text\n"),
    "a new agent": renaming("agents/new.md", HEAD.format("new") + "text\n"),
    "an agent with another name": moving("agents/plain3.md", "agents/plain4711.md"),
    "a folder that is a link by now": linking("agents/deep"),
    "the schema": writing("schemas/project.yaml", "project: {name: y}\n"),
    "the settings": writing("agentgen.toml", 'targets = ["claude"]\n'),
    "an output as well": adding("more\n", "agents/plain2.md", without="build/agents/plain3.md"),
    "an agent that is gone as well": adding(
        "more\n", "agents/plain2.md", without="agents/plain3.md"
    ),
    "most agents": adding("more\n", *AGENTS),
}


@pytest.mark.parametrize("case", IN_PART.values(), ids=IN_PART)
def test_what_is_not_reached_is_not_read(
    project: Project, case: tuple[Change, set[str], str]
) -> None:
    change, agents, said = case
    change(project)
    assert project.render() == (agents | TEXTS, said)
    assert project.check() == ""
    assert project.render() == (set(), "30 unchanged in build\n")


@pytest.mark.parametrize("change", WHOLE.values(), ids=WHOLE)
def test_what_may_reach_further_is_a_whole_run(project: Project, change: Change) -> None:
    change(project)
    opened, _ = project.render()
    assert opened >= {"agents/plain7.md", "agents/plain8.md"}
    assert project.check() == ""


def test_one_change_after_the_other(project: Project) -> None:
    for at, name in enumerate(["agents/plain2.md", "prompts/q.md", "partials/_inner.md"] * 2):
        project.add(f"change {at}\n", name)
        opened, _ = project.render()
        assert "agents/plain7.md" not in opened
        assert project.check() == ""


def test_what_includes_a_text_now_is_rendered_with_it_later(project: Project) -> None:
    project.add("{% include '_never.md' %}\n", "agents/plain2.md")
    project.write("agents/also.md", HEAD.format("also") + "alone\n")
    project.render()
    project.add("more\n", "partials/_never.md")
    assert project.render()[0] == {"agents/plain2.md", *TEXTS}
    project.add("more\n", "partials/_inner.md")
    assert project.render()[0] == {"agents/deep/with.md", *TEXTS}
    assert project.check() == ""


def test_a_mistake_is_told_as_by_a_whole_run(project: Project) -> None:
    project.add("{{ schema.project.nmae }}\n", "agents/plain2.md")
    _, said = project.render()
    assert "agents/plain2.md:6:19: error[undefined-variable]" in said
    project.write("agents/plain2.md", HEAD.format("plain2") + "[away](nowhere.md)\n")
    _, said = project.render()
    assert "warning[broken-link]" in said


def test_a_client_that_has_all_agents_in_one_file_gets_all_of_them(project: Project) -> None:
    project.write("agentgen.toml", 'targets = ["roo"]\n')
    project.render()
    project.add("more\n", "agents/plain2.md")
    assert project.render()[0] >= set(AGENTS)
    assert project.check() == ""


def test_a_link_that_leads_out_by_now_is_refused_as_by_a_whole_run(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("shared/text.md", "inside\n")
    (project.root / "partials/_linked.md").symlink_to("../shared/text.md")
    project.add("{% include '_linked.md' %}\n", "agents/plain2.md")
    project.render()
    (tmp_path / "secret.md").write_text("secret\n")
    project.remove("shared/text.md")
    (project.root / "shared/text.md").symlink_to(tmp_path / "secret.md")
    _, said = project.render()
    assert "partials/_linked.md: error[escaping-link]" in said
    assert "secret" not in (project.root / "build/agents/plain2.md").read_text()


def test_a_partial_run_is_as_ever(project: Project) -> None:
    for _ in range(2):
        project.add("more\n", "agents/plain2.md")
        time.sleep(0.06)
        assert "written" in project._run("render", "plain2").stderr
