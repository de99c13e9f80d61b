"""The parts for CI: the action's steps run as a runner runs them, the hooks' commands, the page."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT, Run, run_agentgen

GOLDEN = ROOT / "tests" / "golden" / "drift"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
PAGE = (ROOT / "docs" / "ci.md").read_text()
EXPRESSION = re.compile(r"\$\{\{ ([\w.-]+) \}\}")

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


@dataclass(frozen=True)
class Runner:
    """What of a runner the steps of an action see: https://docs.github.com/actions/reference."""

    temp: Path
    project: Path

    def run(self, step: dict[str, Any], **given: str) -> Run:
        """Run one step with inputs, and the defaults of those that are not given."""
        defaults = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
        known = {
            **{f"inputs.{name}": value for name, value in {**defaults, **given}.items()},
            "runner.temp": str(self.temp),
            "github.action_path": str(ROOT),
        }
        env = {
            name: EXPRESSION.sub(lambda m: known[m[1]], text) for name, text in step["env"].items()
        }
        assert "${{" not in step["run"]  # a template in a script is an injection
        env |= {
            "PATH": os.environ["PATH"],
            "HOME": str(self.temp),
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
        }
        script = self.temp / "step.sh"
        script.write_text(step["run"])
        where = EXPRESSION.sub(lambda m: known[m[1]], step.get("working-directory", "."))
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.project / where,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture(name="runner", scope="module")
def _runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """Return a runner on which the action's first step has installed agentgen."""
    runner = Runner(tmp_path_factory.mktemp("temp"), tmp_path_factory.mktemp("project"))
    installed = runner.run(ACTION["runs"]["steps"][0], python=sys.executable)
    assert installed.code == 0, installed.stderr
    return runner


def prepare(runner: Runner, case: str) -> None:
    for folder in (runner.project, runner.temp):
        for name in ("agents", "build", "schemas", "sub"):
            shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(GOLDEN / case / "input", runner.project, dirs_exist_ok=True)
    for name in ("output", "summary.md"):
        (runner.temp / name).write_text("")


def run(runner: Runner, **given: str) -> Run:
    return runner.run(ACTION["runs"]["steps"][1], **given)


@needs_bash
def test_the_action_checks(runner: Runner) -> None:
    prepare(runner, "clean")
    assert run(runner).code == 0
    prepare(runner, "stale")
    found = run(runner, **{"check-message": "run `make agents`; $(touch hacked)"})
    assert found.code == 1
    assert found.stdout.count("::error file=build/agents/") == 3
    assert "run `make agents`; $(touch hacked)" in found.stderr
    assert not (runner.project / "hacked").exists()
    summary = (runner.temp / "summary.md").read_text()
    assert summary.count("### agentgen render --check") == 1
    assert "| `build/agents/writer.md` | stale |" in summary
    name, _, path = (runner.temp / "output").read_text().strip().partition("=")
    assert name == "report"
    assert json.loads(Path(path).read_text())["summary"]["stale"] == 3


@needs_bash
def test_the_report_of_the_action_is_json_whatever_the_arguments(runner: Runner) -> None:
    prepare(runner, "stale")
    for arguments in ("--diff", "--format=text"):
        assert run(runner, arguments=arguments).code == 1
        report = json.loads((runner.temp / "agentgen-report.json").read_text())
        assert report["summary"]["stale"] == 3


@needs_bash
def test_the_action_renders_and_lints_in_a_folder_with_arguments(runner: Runner) -> None:
    prepare(runner, "clean")
    shutil.copytree(GOLDEN / "clean" / "input", runner.project / "sub")
    arguments = "--set=project.name=two words\n\n-q\n"
    given = {"working-directory": "sub", "command": "render", "arguments": arguments}
    assert run(runner, **given).code == 0
    assert (
        "You review two words.\n" in (runner.project / "sub/build/agents/reviewer.md").read_text()
    )
    assert run(runner, command="lint").code == 0
    (runner.project / "agents/tester.md").write_text("---\ndescription: d\n---\n{{ nope }}\n")
    found = run(runner, command="lint")
    assert found.code == 1
    assert "::error file=agents/tester.md,line=4,col=4,title=undefined-variable::" in found.stdout


@needs_bash
def test_the_action_takes_no_other_command(runner: Runner) -> None:
    prepare(runner, "clean")
    found = run(runner, command="render; touch hacked")
    assert found.code == 2
    assert found.stdout.startswith("::error::the input command must be")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_work(hook: dict[str, Any], tmp_path: Path) -> None:
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    words = shlex.split(hook["entry"])
    assert words[0] == "agentgen"
    shutil.copytree(GOLDEN / "clean" / "input", tmp_path, dirs_exist_ok=True)
    assert run_agentgen(*words[1:], cwd=tmp_path).code == 0
    (tmp_path / "schemas/project.yaml").write_text("project: {name: other}\n")
    assert run_agentgen(*words[1:], cwd=tmp_path).code == int(hook["id"] == "agentgen-check")
    assert f"`{hook['id']}`" in PAGE


def test_the_page_names_what_there_is() -> None:
    used = {
        name
        for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
        for name in re.findall(r"^ +(\S+): ", block.partition("with:")[2], re.MULTILINE)
    }
    assert {"command", "check-message"} <= used
    workflow = yaml.safe_load(re.findall(r"```yaml\n(name: .*?)```", PAGE, re.DOTALL)[0])
    for step in workflow["jobs"]["agents"]["steps"]:
        if "agentgen" in step["uses"]:
            assert set(step["with"]) <= set(ACTION["inputs"])
