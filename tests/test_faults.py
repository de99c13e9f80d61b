"""P5, P6 and P7: whatever stops a run, each file is the old or the new one, and the next run heals.

As SQLite does it: the first call to the file system fails, then the second, and so on to the last.
"""

import errno
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from agentgen import manifest
from agentgen.__main__ import INTERRUPTED
from conftest import run_agentgen
from faulty import FOREVER, LOG, PROJECT, Result, Server, Task, outlived, processes

fcntl = pytest.importorskip("fcntl")

Tree = dict[str, bytes]
SERVERS = min(4, (os.cpu_count() or 1) + 1)
AGENT = "---\nname: {0}\ndescription: Does {0}\n---\n{0} of {{{{ schema.project.name }}}}.\n"
SOURCES = {
    "pyproject.toml": "[tool.agentgen]\nwhitespace = 'tidy'\n",
    "schemas/project.yaml": "project:\n  name: new\n",
    "agents/one.md": AGENT.format("one") + "{% include 'note.md' %}See [it](../prompts/it.md).\n",
    "agents/two.md": AGENT.format("two"),
    "partials/note.md": "Note.\n",
    "prompts/it.md": "It is {{ schema.project.name }}.\n",
}
GONE = "agents/gone.md"
LEFT = "build/agents/.agentgen-0123456789abcdef.tmp"
"""What a run that was killed has left."""
FOREIGN = {"build/agents/mine.md": b"mine\n", "build/agents/.agentgen-mine.tmp": b"mine\n"}
MANIFEST = f"build/{manifest.NAME}"
"""It has a third state, between the old and the new one."""
TEMPORARY = re.compile(r"(.*/)?\.agentgen-[0-9a-f]{16}\.tmp")

HARMLESS = re.compile(
    r"(stat|readlink) .*"  # whether something is a link, or in the way: opening it tells as well
    r"|mkdir .*"  # a folder that is there already
    r"|flock build"  # a file system without locks
    r"|(open|fsync|close) build(/(agents|prompts))?"  # folders, whose new names outlast a power cut
    r"|unlink build/(agents|prompts)"  # folders, which are only removed when they are empty
)
"""Calls that may fail in a run that succeeds."""

CREATING = ("create", "write", "fsync", "mkdir", "replace")
CHANGING = ("create", "mkdir", "replace", "unlink", "chmod")
OPENING = ("open", "create", "mkdir", "list", "replace")
ALL = () if os.environ.get("AGENTGEN_FAULTS") else (*CREATING, *CHANGING, "open", "read", "close")
"""No kinds are all; without being told to, long sweeps leave out calls that only look."""


def tree(folder: Path) -> Tree:
    """Return all files below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def fill(folder: Path, files: Tree) -> None:
    """Write files below a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def temporaries(files: Tree) -> set[str]:
    """Return the names of temporary files."""
    return {name for name in files if TEMPORARY.fullmatch(name)}


def lasting(files: Tree) -> Tree:
    """Return the files that are not temporary."""
    return {name: data for name, data in files.items() if not TEMPORARY.fullmatch(name)}


@dataclass
class Scenario:
    """A project before a run and after it, and what has become of it in runs that failed."""

    before: Tree
    after: Tree
    healed: set[frozenset[tuple[str, bytes]]] = field(default_factory=set)

    def assert_whole(self, now: Tree) -> None:
        """Each file is the old one or the new one, and there is no other but temporary ones."""
        assert now.keys() - temporaries(now) <= self.before.keys() | self.after.keys()
        for name in (self.before.keys() | self.after.keys()) - {LEFT, MANIFEST}:
            assert now.get(name) in (self.before.get(name), self.after.get(name)), name

    def is_new(self, now: Tree) -> bool:
        """Say whether nothing has happened so far to a project in this state."""
        state = frozenset((TEMPORARY.sub(r"\1tmp", name), data) for name, data in now.items())
        is_new = state not in self.healed
        self.healed.add(state)
        return is_new


class Bench:
    """Runs tasks in several servers at once, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        self.lock = threading.Lock()
        self.servers: queue.SimpleQueue[Server] = queue.SimpleQueue()
        self.all = [Server() for _ in range(SERVERS)]
        for server in self.all:
            self.servers.put(server)

    def run(self, task: Task) -> Result:
        """Do a task as soon as a server is free."""
        server = self.servers.get()
        try:
            return server.run(task)
        finally:
            self.servers.put(server)

    def place(self, files: Tree) -> Path:
        """Return a fresh folder with files as its project."""
        with self.lock:
            self.number += 1
            folder = self.folder / str(self.number)
        fill(folder / PROJECT, files)
        return folder


@pytest.fixture(name="bench", scope="module")
def _bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("faults"))
    yield bench
    for server in bench.all:
        server.close()


@pytest.fixture(name="scenarios", scope="module")
def _scenarios(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scenario]:
    """Return a first run, and a run that changes every file of the one before and removes one."""
    folder = tmp_path_factory.mktemp("scenarios")
    fill(folder, {name: text.encode() for name, text in SOURCES.items()})
    sources = tree(folder)
    fill(folder, {GONE: AGENT.format("gone").encode()})
    assert run_agentgen("render", "--set", "project.name=old", cwd=folder).code == 0
    (folder / GONE).unlink()
    old = tree(folder)
    assert run_agentgen("render", cwd=folder).code == 0
    new = tree(folder)
    built = [name for name in new if name.startswith("build/")]
    assert len(built) >= 4
    assert all(old[name] != new[name] for name in built)
    assert old.keys() - new.keys() == {f"build/{GONE}"}
    before = {**old, **FOREIGN, LEFT: b"half a fi"}
    return {"first": Scenario(sources, new), "second": Scenario(before, {**new, **FOREIGN})}


@dataclass
class Sweep:
    """What became of a project in the runs in which one call after the other went wrong."""

    bench: Bench
    scenario: Scenario
    task: Task
    check: Callable[[Result, Task, Tree], None]
    problems: list[str] = field(default_factory=list)

    def run(self) -> list[int]:
        """Let each call go wrong in a run of its own; return the exit codes."""
        calls = len(self.attempt(replace(self.task, first=0, last=0)).calls)
        steps = range(1, calls + 2)
        with ThreadPoolExecutor(SERVERS) as pool:
            results = list(pool.map(self.step, steps))
        assert [len(each.calls) >= step for step, each in zip(steps, results, strict=True)] == [
            *[True] * calls,
            False,
        ]
        assert results[-1].code == 0
        assert not self.problems, "\n".join(self.problems[:5])
        return [each.code for each in results[:-1]]

    def step(self, step: int) -> Result:
        """Let one call go wrong, or all from there on."""
        return self.attempt(replace(self.task, first=step, last=max(step, self.task.last)))

    def attempt(self, task: Task) -> Result:
        """Run a task in a fresh project; check what is left; run again without a fault."""
        folder = self.bench.place(self.scenario.before)
        result = self.bench.run(replace(task, folder=str(folder)))
        hit = result.calls[task.first - 1 : task.last] if task.first else ()
        try:
            now = tree(folder / PROJECT)
            self.check_all(result, task, now)
            if self.scenario.is_new(now):
                again = self.bench.run(Task(str(folder), lock_seconds=0.5, forks=False))
                assert (again.code, again.outlived) == (0, False), again
                assert tree(folder / PROJECT) == self.scenario.after
        except AssertionError as error:
            self.problems.append(f"{task.first} {hit[:1]}: {error}\n{result.stderr[-500:]}")
        shutil.rmtree(folder)
        return result

    def check_all(self, result: Result, task: Task, now: Tree) -> None:
        """Check what holds for every fault, and then what holds for this one."""
        assert not result.outlived
        assert "Traceback" not in result.stderr
        self.scenario.assert_whole(now)
        if len(result.calls) >= task.first > 0:
            self.check(result, task, now)
        else:
            assert result.code == 0
            assert now == self.scenario.after


def fails_or_succeeds(result: Result, task: Task, now: Tree, scenario: Scenario) -> None:
    """A run that fails says so once and leaves nothing behind; one that succeeds is perfect."""
    hit = result.calls[task.first - 1 : task.last]
    if result.code == 0:
        assert all(HARMLESS.fullmatch(call) for call in hit)
        assert now == scenario.after
        assert "error" not in result.stderr
        return
    assert result.code == 2
    errors = re.findall(r"^(?:\S+: )?error\[.*?\]: .*", result.stderr, re.MULTILINE)
    assert len(errors) == 1 or (errors and task.last == FOREVER)
    assert os.strerror(getattr(errno, task.effect)).lower() in errors[0]
    if "no file was changed" in result.stderr:
        assert lasting(now) == lasting(scenario.before)
    if not any(call.startswith("unlink") for call in hit):
        assert temporaries(now) <= {LEFT}


def at_every_call(fault: Task, *names: str, least: int = 10) -> list[Any]:
    """Return parameters: a fault, the scenarios, and how many calls there are at least."""
    last = "-and-all-after" if fault.last else ""
    return [pytest.param(fault, name, least, id=f"{fault.effect}{last}-{name}") for name in names]


@pytest.mark.parametrize(
    ("fault", "name", "least"),
    [
        *at_every_call(Task("", effect="EIO"), "second", least=50),
        *at_every_call(Task("", effect="EIO", kinds=ALL), "first", least=50),
        *at_every_call(Task("", effect="EIO", last=FOREVER, kinds=ALL), "second", least=50),
        *at_every_call(Task("", effect="ENOSPC", last=FOREVER, kinds=CREATING), "first", "second"),
        *at_every_call(Task("", effect="EROFS", last=FOREVER, kinds=CHANGING), "first", "second"),
        *at_every_call(Task("", effect="EACCES", kinds=OPENING), "first", "second", least=20),
    ],
)
def test_p6_any_call_can_fail(
    fault: Task, name: str, least: int, bench: Bench, scenarios: dict[str, Scenario]
) -> None:
    scenario = scenarios[name]
    codes = Sweep(bench, scenario, fault, partial(fails_or_succeeds, scenario=scenario)).run()
    assert len(codes) >= least
    assert codes.count(2) >= len(codes) / 4


def is_killed(result: Result, task: Task, now: Tree) -> None:
    assert result.code == -signal.SIGKILL


@pytest.mark.parametrize("name", ["first", "second"])
def test_p6_it_can_be_killed_at_any_call(
    name: str, bench: Bench, scenarios: dict[str, Scenario]
) -> None:
    task = Task("", effect="kill", kinds=ALL)
    codes = Sweep(bench, scenarios[name], task, is_killed).run()
    assert len(codes) >= 50


@pytest.mark.parametrize("step", range(1, 8))
def test_p6_what_a_killed_run_wrote_is_not_taken_for_an_edit(
    step: int, bench: Bench, scenarios: dict[str, Scenario]
) -> None:
    """The sources move on between the run that was killed and the next one."""
    folder = bench.place(scenarios["second"].before)
    kill = Task(str(folder), effect="kill", first=step, last=step, kinds=("replace", "unlink"))
    killed = bench.run(kill)
    assert len(killed.calls) == step
    result = bench.run(Task(str(folder), arguments=("render", "--set", "project.name=third")))
    assert result.code == 0
    assert result.stderr.startswith("3 files written to build")
    assert tree(folder / PROJECT)["build/agents/two.md"].endswith(b"two of third.\n")


def is_interrupted(result: Result, task: Task, now: Tree) -> None:
    hit = result.calls[task.first - 1]
    assert result.code == INTERRUPTED
    assert result.stderr.strip() == "interrupted: every file is the old one or the new one, whole"
    assert hit.startswith("unlink") or temporaries(now) <= {LEFT}


@pytest.mark.parametrize(
    ("effect", "name"), [("interrupt", "first"), ("interrupt_after", "second")]
)
def test_p6_it_can_be_interrupted_at_any_call(
    effect: str, name: str, bench: Bench, scenarios: dict[str, Scenario]
) -> None:
    task = Task("", effect=effect, kinds=ALL)
    codes = Sweep(bench, scenarios[name], task, is_interrupted).run()
    assert len(codes) >= 50


def test_p6_writes_may_be_short(bench: Bench, scenarios: dict[str, Scenario]) -> None:
    scenario = scenarios["second"]
    folder = bench.place(scenario.before)
    result = bench.run(Task(str(folder), effect="short", first=1, last=FOREVER, kinds=("write",)))
    assert result.code == 0
    assert len(result.calls) >= 10  # each file takes several
    assert tree(folder / PROJECT) == scenario.after


def test_p6_all_is_on_disk_before_the_first_is_renamed(
    bench: Bench, scenarios: dict[str, Scenario]
) -> None:
    folder = bench.place(scenarios["second"].before)
    calls = [call.split(" ") for call in bench.run(Task(str(folder))).calls]
    renamed = [path for kind, path in calls if kind == "replace"]
    assert len(renamed) >= 3
    for path in renamed:
        steps = [kind for kind, other in calls if other == path and kind != "chmod"]
        assert steps == ["create", "write", "fsync", "close", "replace"]
    after = calls[calls.index(["replace", renamed[0]]) :]
    assert not [kind for kind, _ in after if kind in {"create", "write"}]


BUSY = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


@contextmanager
def rendering(folder: Path, *limits: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a run, and wait until a worker of it has begun to render something that takes long."""
    fill(folder, {"agents/busy.md": (AGENT.format("busy") + BUSY).encode()})
    command = [sys.executable, "-m", "agentgen", "render", "--set", "project.name=x", *limits]
    with subprocess.Popen(
        command, cwd=folder, stderr=subprocess.PIPE, start_new_session=True
    ) as run:
        deadline = time.monotonic() + 20
        while not any(ticks(each) > 50 for each in processes(run.pid) if each != run.pid):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield run


def ticks(process: int) -> int:
    """Return how much processor time a process has had, in hundredths of a second."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11])
    except OSError:
        return 0


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


@needs_proc
def test_p6_it_can_be_interrupted_while_it_renders(tmp_path: Path) -> None:
    with rendering(tmp_path, "--limit", "time=60") as run:
        os.killpg(run.pid, signal.SIGINT)
        _, stderr = run.communicate(timeout=5)
    assert run.returncode == INTERRUPTED
    assert stderr.strip() == b"interrupted: every file is the old one or the new one, whole"
    assert not outlived(run.pid)


@needs_proc
def test_p6_workers_end_with_a_run_that_is_killed(tmp_path: Path) -> None:
    with rendering(tmp_path) as run:
        run.kill()
        run.wait()
        assert not outlived(run.pid)


def named(number: int) -> tuple[str, ...]:
    return ("render", "--set", f"project.name=name-{number}")


@pytest.mark.parametrize("runs", [2, 6])
def test_p7_runs_at_once_end_in_the_tree_of_one(
    runs: int, tmp_path: Path, scenarios: dict[str, Scenario]
) -> None:
    """All wait for a lock, and then take their time with every call that changes a file."""
    task = Task(str(tmp_path), effect="slow", first=1, last=FOREVER, kinds=CHANGING)
    fill(tmp_path / PROJECT, scenarios["second"].before)
    expected = []
    for number in range(runs):
        assert run_agentgen(*named(number), cwd=tmp_path / PROJECT).code == 0
        expected.append(tree(tmp_path / PROJECT))
    with servers(runs) as several, ThreadPoolExecutor(runs) as pool:
        with locked(tmp_path / PROJECT / "build"):
            tasks = [replace(task, arguments=named(each), notes=f"-{each}") for each in range(runs)]
            going = [
                pool.submit(server.run, each) for server, each in zip(several, tasks, strict=True)
            ]
            time.sleep(0.5)
            assert not any(each.done() for each in going)
        results = [each.result() for each in going]
    assert [(each.code, each.outlived) for each in results] == [(0, False)] * runs
    assert tree(tmp_path / PROJECT) in expected


@contextmanager
def servers(number: int) -> Iterator[list[Server]]:
    several = [Server() for _ in range(number)]
    yield several
    for server in several:
        server.close()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock on an output root."""
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield
    os.close(descriptor)


def test_p7_a_lock_that_is_held_is_named(bench: Bench, scenarios: dict[str, Scenario]) -> None:
    folder = bench.place(scenarios["second"].before)
    with locked(folder / PROJECT / "build"):
        result = bench.run(Task(str(folder), lock_seconds=0.1))
    assert result.code == 2
    assert "error[unwritable-output]: another run is writing to `build`\n" in result.stderr
    assert tree(folder / PROJECT) == scenarios["second"].before


def test_p7_a_lock_dies_with_who_holds_it(bench: Bench, scenarios: dict[str, Scenario]) -> None:
    folder = bench.place(scenarios["second"].before)
    linger = Task(str(folder), effect="linger", first=1, last=1, kinds=("replace",), notes="-first")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(bench.run, linger)
        calls = folder / f"{LOG}-first"
        while not (calls.exists() and calls.read_text()):
            time.sleep(0.01)
        assert bench.run(Task(str(folder), lock_seconds=0.1)).code == 2
        assert first.result().code == -signal.SIGKILL
    assert bench.run(Task(str(folder), lock_seconds=0.1)).code == 0
    assert tree(folder / PROJECT) == scenarios["second"].after


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """Mount a file system of its own; yield a function that mounts it again with other options."""
    folder.mkdir(parents=True, exist_ok=True)

    def mount(options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip("needs to mount a file system")

    if sys.platform != "linux" or shutil.which("mount") is None:
        pytest.skip("needs to mount a file system")
    mount(f"size={size}")
    try:
        yield lambda options: mount(f"remount,{options}")
    finally:
        subprocess.run(["umount", folder], check=True)


def long(name: str) -> dict[str, bytes]:
    """Return the sources with long agents, in a project that is called so."""
    sources = {path: text.encode() for path, text in SOURCES.items()}
    for agent in ("one", "two"):
        sources[f"agents/{agent}.md"] += f"{name} ".encode() * 2500
    return {**sources, "schemas/project.yaml": f"project:\n  name: {name}\n".encode()}


def test_p6_a_disk_can_be_full_and_read_only(tmp_path: Path) -> None:
    build = tmp_path / "build"
    with small_disk(build, "80k") as mount_again:
        fill(tmp_path, long("old"))
        assert run_agentgen("render", cwd=tmp_path).code == 0
        old = tree(build)
        fill(tmp_path, long("new"))
        fill(build, {"full": b"x" * 20 * 1024})
        assert_refused(tmp_path, "no space left on device")
        assert tree(build).items() >= old.items()
        (build / "full").rename(build / "agents/.agentgen-0123456789abcdef.tmp")
        assert run_agentgen("render", cwd=tmp_path).code == 0  # what was left is removed first
        new = tree(build)
        assert old.keys() == new.keys()
        mount_again("ro")
        assert run_agentgen("render", cwd=tmp_path).stderr == "3 unchanged in build\n"
        fill(tmp_path, long("other"))
        assert_refused(tmp_path, "read-only file system")
        assert tree(build) == new


def assert_refused(folder: Path, reason: str) -> None:
    run = run_agentgen("render", cwd=folder)
    assert run.code == 2
    message = f"error[unwritable-output]: cannot write below `build`: {reason}\n"
    assert run.stderr == f"{message}  help: no file was changed\n1 error\n"


@pytest.mark.parametrize("closed", ["build", "build/agents", "."])
def test_p6_folders_may_be_read_only(
    closed: str, tmp_path: Path, scenarios: dict[str, Scenario]
) -> None:
    before = scenarios["first" if closed == "." else "second"].before
    fill(tmp_path, before)
    (tmp_path / closed).chmod(0o555)
    try:
        run = without_privileges(tmp_path)
    finally:
        (tmp_path / closed).chmod(0o755)
    assert run.returncode == 2
    assert b"error[unwritable-output]: cannot write below `build`: permission denied" in run.stderr
    assert lasting(tree(tmp_path)) == lasting(before)


def test_files_may_be_unreadable(tmp_path: Path, scenarios: dict[str, Scenario]) -> None:
    fill(tmp_path, scenarios["second"].after)
    folder = tmp_path / "build/agents"
    closed = sorted(path for path in folder.glob("[!.]*.md") if path.name != "mine.md")[:2]
    for path in closed:
        path.chmod(0)
    shown = [path.relative_to(tmp_path).as_posix() for path in closed]
    run = without_privileges(tmp_path)
    assert run.returncode == 2
    reason = "it is unreadable (permission denied)"
    for name in shown:
        message = f"error[unwritable-output]: cannot write `{name}`: {reason}\n"
        assert message in run.stderr.decode()
    run = without_privileges(tmp_path, "--check")
    assert run.returncode == 1
    assert [f"  edited {name}: {reason}" for name in shown] == (run.stdout.decode().splitlines())
    (tmp_path / "build").chmod(0)
    run = without_privileges(tmp_path, "--check", "--format", "json")
    (tmp_path / "build").chmod(0o755)
    report = json.loads(run.stdout)
    assert (run.returncode, report["report"], report["projects"]) == (2, "check", [])


def without_privileges(folder: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    """Render, and be held to what the modes of files say also when root runs the tests."""
    command = [sys.executable, "-m", "agentgen", "render", *options]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write anywhere, and there is no setpriv")
        command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)
