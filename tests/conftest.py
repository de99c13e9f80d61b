"""What several test modules need: where things are, and how the command line is run."""

import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from agentgen.environment.engine import Engine
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Limits, Setup
from agentgen.templates import find_template, unused_characters

ROOT = Path(__file__).resolve().parents[1]
FUZZING = os.environ.get("AGENTGEN_FUZZ") == "1"
COMMAND = [sys.executable, "-m", "agentgen"]
DEADLINE_SECONDS = 120.0
"""Nothing takes so long but what would take for ever, also on a machine with much else to do."""
CACHE = tempfile.TemporaryDirectory(prefix="agentgen-tests-")
SEED = ROOT.parent / "shared" / "seed" / "ml-engineer.md"


# A shell that starts the tests in the background lets them ignore Ctrl-C, and all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("fuzz", max_examples=20_000, deadline=None)
settings.register_profile("test", deadline=None)
settings.load_profile("fuzz" if FUZZING else "test")


@dataclass(frozen=True)
class Run:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str


def run_agentgen(*arguments: str, cwd: Path, **environment: str) -> Run:
    """Run the real command line in a process of its own, with a small known environment."""
    return run_for(DEADLINE_SECONDS, *arguments, cwd=cwd, **environment)


def run_for(seconds: float, *arguments: str, cwd: Path, **environment: str) -> Run:
    """Run the command line as `run_agentgen` does, with another deadline."""
    command = [*COMMAND, *arguments]
    kept = ("PATH", "HOME", "TMPDIR", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    env |= {"PYTHONUTF8": "1", "COLUMNS": "80", "XDG_CACHE_HOME": CACHE.name, **environment}
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, check=False, timeout=seconds
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


def on_a_terminal(root: Path, *arguments: str, **environment: str) -> str:
    """Run in a pseudo terminal of 80 columns; return what is on it."""
    leader, follower = pty.openpty()
    env = {"PATH": os.environ["PATH"], "TERM": "xterm", "COLUMNS": "80", **environment}
    with subprocess.Popen(
        [*COMMAND, *arguments], cwd=root, env=env, stdin=follower, stdout=follower, stderr=follower
    ) as process:
        os.close(follower)
        try:
            return _read_all(leader).decode().replace("\r\n", "\n")
        finally:
            os.close(leader)
            process.kill()


def _read_all(leader: int) -> bytes:
    """Return what a terminal shows until nobody writes to it any more."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    shown = b""
    while select.select([leader], [], [], max(deadline - time.monotonic(), 0))[0]:
        try:
            read = os.read(leader, 65536)
        except OSError:  # how Linux says that it is the end
            return shown
        if not read:
            return shown
        shown += read
    raise TimeoutError(f"this went on and on: {shown!r}")


Agentgen = Callable[..., Run]


@pytest.fixture(name="agentgen")
def _agentgen(tmp_path: Path) -> Agentgen:
    def run(*arguments: str, cwd: Path = tmp_path, **environment: str) -> Run:
        return run_agentgen(*arguments, cwd=cwd, **environment)

    return run


def render_text(
    text: str,
    context: Mapping[str, object],
    includes: Mapping[str, str] | None = None,
    whitespace: Whitespace = Whitespace.TIDY,
    undefined: Undefined = Undefined.GUARDED,
) -> str:
    """Render a template in this process; `includes` are texts by their full names."""
    texts = {"agents/a.md": text, **(includes or {})}

    def fetch(name: str, parent: str) -> tuple[str, str] | None:
        full = find_template(name, parent, texts)
        return None if full is None else (full, texts[full])

    setup = Setup(undefined, whitespace, unused_characters(texts.values), {}, Limits())
    return Engine(setup, fetch).render(text, "agents/a.md", context)


@pytest.fixture
def write_tree(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Return a function that writes `{path: text}` below a fresh folder and returns it."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return tmp_path

    return write
