"""Whole runs of the command line: an input tree and a command; the output tree and all messages.

A case is a folder with `cmd` (the arguments), `input/` (copied to where the command runs), and
what is expected: `transcript` (exit code, stdout, stderr, files that are gone) and `output/` (every
file that is new or changed). `make golden` rewrites what is expected; the diff is then to be read
like code.

Every run that writes leaves a manifest; only the kinds of cases that are about it hold one. `init`
copies agents and prompts of the library; copies that are just that are left out.
"""

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from agentgen import __version__, manifest
from conftest import ROOT, run_agentgen

GOLDEN = ROOT / "tests" / "golden"
CASES = sorted(path.parent for path in GOLDEN.glob("*/*/cmd"))
NAMED_VERSION = re.compile(rf'(^agentgen |"version": "){re.escape(__version__)}', re.MULTILINE)
WITH_MANIFEST = {"drift", "plan"}
UPDATE = os.environ.get("AGENTGEN_UPDATE_GOLDEN") == "1"


def test_cases_are_found() -> None:
    assert len(CASES) > 50


def read_tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def is_copy(name: str, data: bytes) -> bool:
    return name.startswith(("agents/", "prompts/")) and (ROOT / name).read_bytes() == data


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_run(case: Path, tmp_path: Path) -> None:
    if (case / "input").is_dir():
        shutil.copytree(case / "input", tmp_path, symlinks=True, dirs_exist_ok=True)
    before = read_tree(tmp_path)
    arguments = shlex.split((case / "cmd").read_text())
    run = run_agentgen(*arguments, cwd=tmp_path)
    output = {name: data for name, data in read_tree(tmp_path).items() if before.get(name) != data}
    if case.parent.name not in WITH_MANIFEST:
        output = {name: data for name, data in output.items() if not name.endswith(manifest.NAME)}
    if case.parent.name == "init":
        output = {name: data for name, data in output.items() if not is_copy(name, data)}
    transcript = f"exit {run.code}\n--- stdout\n{run.stdout}--- stderr\n{run.stderr}"
    if removed := before.keys() - read_tree(tmp_path).keys():
        transcript += "--- removed\n" + "".join(f"{name}\n" for name in sorted(removed))
    transcript = NAMED_VERSION.sub(r"\1VERSION", transcript)
    if UPDATE:
        update(case, transcript, output)
    assert transcript == (case / "transcript").read_bytes().decode()
    assert output == read_tree(case / "output")


def update(case: Path, transcript: str, output: dict[str, bytes]) -> None:
    (case / "transcript").write_bytes(transcript.encode())
    shutil.rmtree(case / "output", ignore_errors=True)
    for name, data in output.items():
        path = case / "output" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
