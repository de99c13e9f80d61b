"""The README is true: its files and commands are used as they stand there."""

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import asdict, fields
from pathlib import Path

from agentgen.outcome import Limits
from agentgen.settings import LintSettings, Settings, ToolSettings
from conftest import ROOT

README = (ROOT / "README.md").read_text()
FILE = re.compile(r"`([\w/]+\.\w+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
ONE_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return str(found)


def test_its_examples_print_what_it_shows(tmp_path: Path) -> None:
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "80"}
    steps = sorted(
        [*FILE.finditer(README), *CONSOLE.finditer(README)], key=lambda each: each.start()
    )
    commands = 0
    for step in steps:
        if step.re is FILE:
            path = tmp_path / step[1]
            path.parent.mkdir(exist_ok=True)
            path.write_text(step[2])
            continue
        for command, expected in ONE_COMMAND.findall(step[1]):
            done = subprocess.run(
                ["bash", "-c", f"{command} 2>&1"],
                cwd=tmp_path,
                env=env,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.stdout == expected
            commands += 1
            if "greeter" in expected and "error" in expected:
                (tmp_path / "agents/greeter.md").write_text(
                    (tmp_path / "agents/greeter.md").read_text().replace("nmae", "name")
                )
    assert commands >= 8


def test_its_settings_are_the_defaults() -> None:
    shown = tomllib.loads(block("toml"))
    defaults = Settings()
    assert set(shown) == {field.name for field in fields(Settings)}
    for name, value in shown.items():
        default = getattr(defaults, name)
        if isinstance(default, Limits):
            assert value == asdict(default)
        elif isinstance(default, LintSettings):
            shown = {key.replace("-", "_"): each for key, each in value.items()}
            assert {key: each or 0 for key, each in shown.items()} == {
                key: each or 0 for key, each in asdict(default).items()
            }
        elif isinstance(default, ToolSettings):
            assert (value, default) == ({}, ToolSettings())
        else:
            assert (tuple(value) if isinstance(value, list) else value) == default


def test_its_python_runs(tmp_path: Path) -> None:
    project = tmp_path / "path" / "to" / "project" / "agents"
    project.mkdir(parents=True)
    (project / "a.md").write_text("For {{ schema.project.name }}.\n")
    subprocess.run([sys.executable, "-c", block("python")], cwd=tmp_path, check=True)
    assert (tmp_path / "build/agents/a.md").read_text() == "For harbor.\n"


def test_its_make_rule_works(tmp_path: Path) -> None:
    for name, text in FILE.findall(README)[:2]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "Makefile").write_text(block("make"))
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run(["make", "agents"], cwd=tmp_path, env=env, capture_output=True, check=True)
    assert (tmp_path / "build/agents/reviewer.md").exists()


def test_paths_that_it_names_exist() -> None:
    for path in ("schemas/project.schema.json", "schemas/project.yaml", "LICENSE"):
        assert (ROOT / path).exists()
