"""Real clients in pinned versions: they load each agent of the library, with the tools it asks for.

`make test-clients` installs them and runs these tests, which the default run leaves out. Nothing is
skipped here: a client that is missing is a failure.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import agentgen
from agentgen.verify import CLIENTS
from agentgen.verify.opencode import TOOLS
from agentgen.verify.running import Runner
from conftest import ROOT, run_agentgen, run_for

pytestmark = pytest.mark.clients

DEADLINE_SECONDS = 1800.0
"""For all clients together; each answer of one has a deadline of its own."""

FOLDER = os.environ.get("AGENTGEN_CLIENTS", "")
SAMPLE = ROOT / "tests" / "data" / "sample.md"
SAMPLE_PLACES = {
    "claude": ".claude/agents/ml-engineer.md",
    "codex": ".codex/agents/ml-engineer.toml",
    "copilot": ".github/agents/ml-engineer.agent.md",
    "gemini": ".gemini/agents/ml-engineer.md",
    "kilo": ".kilo/agents/ml-engineer.md",
    "opencode": ".opencode/agents/ml-engineer.md",
    "qwen": ".qwen/agents/ml-engineer.md",
    "roo": ".roomodes",
    "skills": ".agents/skills/ml-engineer/SKILL.md",
    "vscode": ".github/agents/ml-engineer.agent.md",
}
REFUSALS = {
    "codex": "TOML parse error",
    "gemini": "tools: Expected array, received string",
    "kilo": "tools: Expected object",
    "opencode": "Expected object",
    "qwen": "Tools must be an array of strings",
    "roo": "customModes: Required",
    "skills": "Unexpected fields in frontmatter: icon, tools",
}
"""What each client says of the sample, copied to where it looks."""

COMMANDS = {
    ".claude/agents/armed.md": """\
hooks:
  SessionStart: [{{hooks: [{{type: command, command: "touch {mark}"}}]}}]
mcpServers:
  - armed: {{command: touch, args: ["{mark}"]}}
""",
    ".github/agents/armed.md": """\
mcp-servers:
  armed: {{type: local, command: touch, args: ["{mark}"], tools: ["*"]}}
""",
    ".qwen/agents/armed.md": """\
mcpServers:
  armed: {{command: touch, args: ["{mark}"]}}
hooks:
  SessionStart: [{{hooks: [{{type: command, command: "touch {mark}"}}]}}]
""",
}
"""Front matter with commands that leave a mark when a client runs them."""

LOSSES = {
    "claude": "githubRepo search fetch code_search terminal edit_file",
    "copilot": "githubRepo fetch code_search terminal edit_file",
    "vscode": "code_search terminal edit_file",
}
"""The sample's tools that give it nothing in the clients that load it."""

OPEN = {
    "bash": "terminal",
    "edit": "edit_file",
    "glob": "search",
    "grep": "search",
    "read": "read",
    "webfetch": "fetch",
    "write": "edit_file",
}
GIVEN: dict[str, dict[str, str]] = {
    "claude": {
        "Bash": "terminal",
        "Edit": "edit_file",
        "NotebookEdit": "notebook",
        "Read": "read",
        "WebFetch": "fetch",
        "WebSearch": "web_search",
        "Write": "edit_file",
    },
    "copilot": {
        "bash": "terminal",
        "create": "edit_file",
        "edit": "edit_file",
        "glob": "search",
        "grep": "search",
        "update_todo": "todo",
        "view": "read",
    },
    "gemini": {
        "glob": "search",
        "google_web_search": "web_search",
        "grep_search": "search",
        "read_file": "read",
        "replace": "edit_file",
        "run_shell_command": "terminal",
        "web_fetch": "fetch",
        "write_file": "edit_file",
        "write_todos": "todo",
    },
    "kilo": {**OPEN, "todowrite": "todo", "websearch": "web_search"},
    "opencode": {**OPEN, "todowrite": "todo", "websearch": "web_search"},
    "qwen": {
        "edit": "edit_file",
        "glob": "search",
        "grep_search": "search",
        "read_file": "read",
        "run_shell_command": "terminal",
        "web_fetch": "fetch",
        "write_file": "edit_file",
    },
    "roo": {"command": "terminal", "edit": "edit_file", "read": "read"},
    "vscode": {
        "edit": "edit_file",
        "execute": "terminal",
        "read": "read",
        "search": "search",
        "todo": "todo",
        "web": "fetch",
    },
}
"""The client's own tools, each with the name in a source that has to bring it.

Claude Code lists no tools for searching beside its shell, and Codex and skills have no tools.
"""


@dataclass(frozen=True)
class Asked:
    """What `agentgen verify --json` printed, and its exit code."""

    code: int
    installed: Mapping[str, bool]
    verdicts: Mapping[str, Mapping[str, dict[str, Any]]]


def ask(*arguments: str, cwd: Path) -> Asked:
    """Run `agentgen verify` with the pinned clients."""
    assert FOLDER, "run `make test-clients`, which says where the clients are"
    words = ("verify", "--json", "--clients", FOLDER, "--timeout", "300")
    run = run_for(DEADLINE_SECONDS, *words, *arguments, cwd=cwd)
    assert run.stdout, run.stderr
    said = json.loads(run.stdout)
    installed = {each["name"]: each["installed"] for each in said["clients"]}
    verdicts: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in installed}
    for each in said["verdicts"]:
        verdicts[each["client"]][each["agent"]] = each
    return Asked(run.code, installed, verdicts)


@pytest.fixture(scope="module", name="library")
def _library() -> Asked:
    """What the clients say of the library's agents, rendered for each."""
    targets = sorted({client.target for client in CLIENTS.values()})
    return ask(*(word for target in targets for word in ("-t", target)), cwd=ROOT)


@pytest.fixture(scope="module", name="sample")
def _sample(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """What the clients say of the sample, copied unchanged, and of agents that bring commands."""
    tree = tmp_path_factory.mktemp("sample")
    for name, keys in COMMANDS.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        head = f"name: armed\ndescription: Brings commands\n{keys.format(mark=tree / 'mark')}"
        (tree / name).write_text(f"---\n{head}---\nDo what has to be done.\n")
    for path in SAMPLE_PLACES.values():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SAMPLE, tree / path)
    asked = ask("--from", ".", cwd=tree)
    assert not (tree / "mark").exists(), "a client ran what an agent brings"
    return asked


AGENTS = {agent.name: agent for agent in agentgen.load(ROOT).project.agents}


@pytest.mark.parametrize("client", CLIENTS)
def test_it_loads_every_agent_of_the_library(library: Asked, client: str) -> None:
    assert library.installed[client], f"{client} is not installed in {FOLDER}"
    verdicts = library.verdicts[client]
    wrong = {path: each for path, each in verdicts.items() if each["outcome"] != "loaded"}
    assert not wrong
    assert sorted(verdicts) == sorted(AGENTS)
    assert library.code == 0


@pytest.mark.parametrize("client", GIVEN)
def test_it_gives_them_the_tools_that_they_ask_for(library: Asked, client: str) -> None:
    for path, agent in AGENTS.items():
        given = set(library.verdicts[client][path]["tools"])
        for tool, name in GIVEN[client].items():
            if name in agent.tools:
                assert tool in given, f"{client} gives {path} no {tool}: {sorted(given)}"


@pytest.mark.parametrize("client", GIVEN)
def test_it_gives_nothing_to_change_files_with_unasked(library: Asked, client: str) -> None:
    changing = [tool for tool, name in GIVEN[client].items() if name == "edit_file"]
    readers = [path for path, agent in AGENTS.items() if "edit_file" not in agent.tools]
    assert changing
    assert readers
    for path in readers:
        assert not set(changing) & set(library.verdicts[client][path]["tools"])


@pytest.mark.parametrize("client", CLIENTS)
def test_it_refuses_the_sample_or_takes_its_tools(sample: Asked, client: str) -> None:
    assert sample.code == 1
    (verdict,) = (each for name, each in sample.verdicts[client].items() if name != "armed")
    if client in REFUSALS:
        assert verdict["outcome"] == "refused"
        assert REFUSALS[client] in verdict["reason"]
    else:
        assert verdict["outcome"] == "lost-tools"
        assert verdict["lost"] == LOSSES[client].split()


@pytest.mark.parametrize("client", ["claude", "copilot", "qwen"])
def test_it_is_not_let_run_what_an_agent_brings(sample: Asked, client: str) -> None:
    verdict = sample.verdicts[client]["armed"]
    assert verdict["outcome"] == "loaded"
    assert verdict["tools"] is None
    assert "not started" in verdict["reason"]


def test_codex_does_not_even_look_at_a_markdown_file(tmp_path: Path) -> None:
    path = tmp_path / ".codex" / "agents" / "ml-engineer.md"
    path.parent.mkdir(parents=True)
    shutil.copyfile(SAMPLE, path)
    run = run_agentgen("verify", "--from", ".", "--clients", FOLDER, cwd=tmp_path)
    assert run.code == 2
    assert "no client looks for agents that are in `.`" in run.stderr


@pytest.mark.parametrize("client", ["opencode", "kilo"])
def test_its_rules_mean_what_it_makes_of_them(tmp_path: Path, client: str) -> None:
    """The tools that follow from the rules in its list are those that it says an agent has."""
    path = tmp_path / f".{client}" / "agents" / "tester.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    permission = "{'*': deny, read: allow, bash: {'*': ask}, edit: {'*': deny, '*.md': allow}}"
    path.write_text(f"---\ndescription: x\nmode: all\npermission: {permission}\n---\nDo it.\n")
    verdict = ask("--from", ".", cwd=tmp_path).verdicts[client]["tester"]
    command = Path(FOLDER) / "node_modules" / ".bin" / client
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")}
    with Runner() as runner:
        words = ("debug", "agent", "tester")
        said = runner.run([command, *words], cwd=tmp_path, env=env, seconds=300).stdout
    tools = json.loads(said[said.index("{\n") :])["tools"]
    assert {name for name in TOOLS if tools.get(name)} == set(verdict["tools"])
    assert set(verdict["tools"]) >= {"bash", "edit", "read"}
    assert "webfetch" not in verdict["tools"]
