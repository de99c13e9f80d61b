"""`--watch` as a person uses it: a process that goes on, files that change, lines that appear."""

import queue
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agentgen.loader import Request, load
from agentgen.outcome import Task
from agentgen.preview.lane import Lane
from agentgen.remembering import RememberingWorkers
from agentgen.rendering import try_to_render
from agentgen.targets import TARGETS
from agentgen.watch import Watch, places
from conftest import COMMAND, DEADLINE_SECONDS, Agentgen

Tree = Callable[[dict[str, str]], Path]
FRONT = "---\nname: {}\ndescription: Does {}\n---\n"
PROJECT = {
    "agents/alpha.md": FRONT.format("alpha", "a") + "Alpha of {{ schema.project.name }}\n",
    "agents/beta.md": FRONT.format("beta", "b") + "{% include '_role.md' %}\n",
    "agents/_role.md": "{% include '_rules.md' %}\n",
    "partials/_rules.md": "Be kind.\n",
    "prompts/plan.md": "Plan.\n",
    "schemas/project.yaml": "project:\n  name: tidecast\n",
}


MOST_ROUNDS = 10


class Watching:
    """A verb with `--watch` that runs; its lines are read as they come."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.put(line.rstrip("\n"))

    def round(self) -> str:
        """Return all that is said up to the line that ends the next round, without its time."""
        said: list[str] = []
        while not said or not said[-1].endswith(" ms"):
            said.append(self.lines.get(timeout=DEADLINE_SECONDS))
        last = said.pop()[len("00:00:00 ") :].rpartition(" in ")[0]
        return "\n".join([*said, last])

    def until(self, said: str) -> str:
        """Return the first round that says this: what is done in steps may be seen in steps."""
        seen = [self.round()]
        while said not in seen[-1]:
            assert len(seen) < MOST_ROUNDS, seen
            seen.append(self.round())
        return seen[-1]

    def is_silent(self) -> bool:
        try:
            self.lines.get(timeout=0.5)
        except queue.Empty:
            return True
        return False


@contextmanager
def watching(root: Path, *arguments: str) -> Iterator[Watching]:
    with subprocess.Popen(
        [*COMMAND, *arguments], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Watching(process)
        finally:
            process.kill()


def save(path: Path, text: str) -> None:
    """Save as vim and VS Code do: write a new file and rename it over the old one."""
    new = path.with_name(f".{path.name}.swp")
    new.write_text(text)
    new.replace(path)


def test_only_what_a_change_reaches_is_rendered(write_tree: Tree) -> None:
    root = write_tree(PROJECT)
    built = root / "build/agents"
    with watching(root, "render", "--watch") as run:
        assert run.round() == "3 files written to build, 3 templates rendered"
        save(root / "agents/alpha.md", PROJECT["agents/alpha.md"] + "More.\n")
        assert run.round() == "1 file written to build, 2 unchanged, 1 template rendered"
        assert (built / "alpha.md").read_text().endswith("Alpha of tidecast\nMore.\n")
        save(root / "partials/_rules.md", "Be brief.\n")
        assert run.round() == "1 file written to build, 2 unchanged, 1 template rendered"
        assert (built / "beta.md").read_text().endswith("Be brief.\n")
        save(root / "schemas/project.yaml", "project:\n  name: harbor\n")
        assert run.round() == "1 file written to build, 2 unchanged, 3 templates rendered"
        assert "Alpha of harbor" in (built / "alpha.md").read_text()
        assert run.is_silent()  # what it writes itself does not wake it


def test_folders_that_are_replaced_are_still_watched(write_tree: Tree) -> None:
    root = write_tree(PROJECT)
    with watching(root, "render", "--watch") as run:
        run.round()
        for name in ("agents", "partials"):  # as when another branch is checked out
            shutil.copytree(root / name, root / "new")
            (root / name).rename(root / "old")
            (root / "new").rename(root / name)
            shutil.rmtree(root / "old")
        run.until("3 unchanged in build")
        save(root / "agents/alpha.md", PROJECT["agents/alpha.md"] + "More.\n")
        run.until("1 file written to build, 2 unchanged, 1 template rendered")
        save(root / "partials/_rules.md", "Be brief.\n")
        run.until("1 file written to build, 2 unchanged, 1 template rendered")


def test_new_files_folders_and_settings_are_noticed(write_tree: Tree) -> None:
    root = write_tree(
        {"agents/alpha.md": PROJECT["agents/alpha.md"].replace("project.name", "custom")}
    )
    with watching(root, "render", "--watch") as run:
        assert "error[undefined-variable]" in run.round()
        (root / "schemas").mkdir()
        (root / "schemas/own.yaml").write_text("custom: 1\n")
        run.until("1 file written to build")
        (root / "agents/more").mkdir()
        (root / "agents/more/beta.md").write_text(FRONT.format("beta", "b") + "Beta.\n")
        run.until("1 file written to build, 1 unchanged")
        (root / "agents/more/beta.md").rename(root / "agents/more/gamma.md")
        run.until("1 file written to build, 1 unchanged, 1 removed, 1 template rendered")
        (root / "agents/new.md.tmp").write_text("")  # as some editors do while they save
        (root / "agents/gamma.md~").write_text("")
        save(root / "agentgen.toml", 'output = "out"\n')
        run.until("2 files written to out, 0 templates rendered")
        (root / "agents/more/gamma.md").unlink()
        run.until("1 unchanged in out, 1 removed, 0 templates rendered")
        assert not (root / "out/agents/gamma.md").exists()


def test_a_broken_template_is_reported_and_the_watch_lives_on(write_tree: Tree) -> None:
    root = write_tree(PROJECT)
    with watching(root, "render", "--watch") as run:
        run.round()
        save(root / "agents/alpha.md", FRONT.format("alpha", "a") + "{{ nope }}\n")
        said = run.round().splitlines()
        assert said[0] == "agents/alpha.md:5:4: error[undefined-variable]: `nope` is undefined"
        assert said[-1] == "1 error, 1 template rendered"
        save(root / "agentgen.toml", "output = [")
        assert "agentgen.toml:1:10: error[invalid-settings]" in run.round()
        (root / "agentgen.toml").unlink()
        assert "error[undefined-variable]" in run.round()
        save(root / "agents/alpha.md", PROJECT["agents/alpha.md"])
        assert run.round() == "3 unchanged in build, 1 template rendered"


def test_lint_watches_too_and_control_c_ends_it(write_tree: Tree) -> None:
    root = write_tree(
        {**PROJECT, "agents/gamma.md": FRONT.format("gamma", "c") + "[p](../prompts/plan.md)\n"}
    )
    with watching(root, "lint", "--watch") as run:
        assert run.round() == "no problems, 4 templates rendered"
        save(root / "agents/gamma.md", FRONT.format("gamma", "c") + "Nothing.\n")
        assert run.round() == "1 warning, 1 template rendered"
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(DEADLINE_SECONDS) == 0
        assert run.process.stdout is not None
        assert "warning[unused-prompt]" in run.process.stdout.read()
    assert not (root / "build").exists()


def test_without_watchfiles(write_tree: Tree, agentgen: Agentgen) -> None:
    root = write_tree(
        {**PROJECT, "x/sitecustomize.py": "import sys\nsys.modules['watchfiles'] = None\n"}
    )
    run = agentgen("render", "--watch", PYTHONPATH=str(root / "x"))
    assert run.code == 2
    assert "`pip install watchfiles`" in run.stderr


@pytest.mark.parametrize(
    ("path", "concerns"),
    [
        ("agents/alpha.md", True),
        ("agents/v1.2", True),
        ("agents/4913", False),
        ("agents/#alpha.md#", False),
        ("agents/.alpha.md.swp", False),
        ("agents/.cache/alpha.md", False),
        ("agents/alpha.md~", False),
        ("agents", True),
        ("schemas/project.yaml", True),
        ("schemas/project.schema.json", False),
        ("agentgen.toml", True),
        ("pyproject.toml", True),
        ("README.md", False),
        ("build/agents/alpha.md", False),
        ("elsewhere/linked.md", True),
    ],
)
def test_what_concerns_a_project(path: str, concerns: bool, write_tree: Tree) -> None:
    root = write_tree({**PROJECT, "elsewhere/linked.md": "Text.\n"})
    (root / "agents/linked.md").symlink_to("../elsewhere/linked.md")
    (root / "agents/v1.2").mkdir()
    found = places(Request(root))
    assert found.concern(root.resolve() / path) is concerns
    assert root.resolve() / "elsewhere" in found.folders()
    assert root.resolve() / "build" not in found.folders()


def until(watch: Watch, path: Path) -> None:
    """Wait until a change of this path is told: what is done in steps may be told in steps."""
    lane = Lane()
    for _ in range(MOST_ROUNDS):
        if path in lane.do(watch.wait).result(DEADLINE_SECONDS):
            return
    pytest.fail(f"nothing is told of {path}")


def test_what_changes_before_the_wait_is_not_missed(write_tree: Tree) -> None:
    root = write_tree(PROJECT).resolve()
    watch = Watch(Request(root))
    (root / "agents/alpha.md").write_text("new\n")
    until(watch, root / "agents/alpha.md")
    (root / "agents/deep/er").mkdir(parents=True)
    until(watch, root / "agents/deep")
    (root / "agents/deep/er/new.md").write_text("new\n")
    until(watch, root / "agents/deep/er/new.md")


def test_links_that_are_made_to_lead_elsewhere_are_noticed(write_tree: Tree) -> None:
    root = write_tree({"one/a.md": "One.\n", "two/a.md": "Two.\n", "1.yaml": "", "2.yaml": ""})
    root = root.resolve()
    for link, old, new in (("agents", "one", "two"), ("now.yaml", "1.yaml", "2.yaml")):
        (root / link).symlink_to(old)
        watch = Watch(Request(root, schema=("now.yaml",)))
        (root / "new").symlink_to(new)
        (root / "new").rename(root / link)
        until(watch, root / link)


def test_outcomes_are_those_of_workers_that_forget(write_tree: Tree) -> None:
    root = write_tree(PROJECT)
    steps = {
        "agents/_role.md": "{% include '_rules.md' %} {% include 'gone.md' ignore missing %}\n",
        "partials/_rules.md": "{{ agent.name }}\n",
        "agents/gone.md": "Came.\n",
        "agents/_rules.md": "Nearer.\n",
        "agents/alpha.md": "---\nname: '{{ schema.project.name }}'\ndescription: x\n---\n",
    }
    with RememberingWorkers() as remembering:
        for path, text in steps.items():
            (root / path).write_text(text)
            loaded = load(Request(root))
            for task in (Task.RENDER, Task.LINT):
                shown = try_to_render(loaded, TARGETS["markdown"], remembering, task)
                with RememberingWorkers() as fresh:
                    assert shown == try_to_render(loaded, TARGETS["markdown"], fresh, task)
        before = remembering.performed
        try_to_render(load(Request(root)), TARGETS["markdown"], remembering, Task.RENDER)
        assert remembering.performed == before


@pytest.mark.parametrize(("verb", "option"), [("lint", ["--fix"]), ("render", ["--for-each", "x"])])
def test_what_is_done_only_once(verb: str, option: list[str], agentgen: Agentgen) -> None:
    run = agentgen(verb, "--watch", *option)
    assert run.code == 2
    assert run.stderr.endswith(f"Error: `--watch` and `{option[0]}` do not go together\n")
