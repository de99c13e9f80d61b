"""What several test modules need: where things are, and how the command line is run."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SEED = ROOT.parent / "shared" / "seed" / "ml-engineer.md"


@dataclass(frozen=True)
class Run:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str


def run_agentgen(*arguments: str, cwd: Path, **environment: str) -> Run:
    """Run the real command line in a process of its own, with a small known environment."""
    command = [sys.executable, "-m", "agentgen", *arguments]
    kept = ("PATH", "HOME", "TMPDIR", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    env |= {"PYTHONUTF8": "1", "COLUMNS": "80", **environment}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, check=False)
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


Agentgen = Callable[..., Run]


@pytest.fixture(name="agentgen")
def _agentgen(tmp_path: Path) -> Agentgen:
    def run(*arguments: str, cwd: Path = tmp_path, **environment: str) -> Run:
        return run_agentgen(*arguments, cwd=cwd, **environment)

    return run


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
