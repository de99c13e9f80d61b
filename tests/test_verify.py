"""How clients are run: cut off, with a limit to everything, and nothing left of them."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from agentgen.diagnostics import Source
from agentgen.verify import CLIENTS, Client, recording_model, running, said
from agentgen.verify.agents import AgentFile, lost_tools
from agentgen.verify.finding import Places
from agentgen.verify.opencode import is_allowed
from agentgen.verify.running import Ran, Runner, Stopped, isolation
from agentgen.verify.session import NOWHERE, OFFLINE
from conftest import Agentgen

Tree = Callable[[dict[str, str]], Path]
ENVIRONMENT = {"PATH": os.environ["PATH"]}
LONG = 60.0


def run(script: str, seconds: float = LONG, stdin: str = "") -> Ran:
    with Runner() as runner:
        command = ["sh", "-c", script]
        return runner.run(command, cwd=Path(), env=ENVIRONMENT, seconds=seconds, stdin=stdin)


def is_gone(mark: str) -> bool:
    """Say whether no process has a mark among its words, soon."""
    for _ in range(200):
        if not any(mark in words(path) for path in Path("/proc").glob("[0-9]*/cmdline")):
            return True
        time.sleep(0.05)
    return False


def words(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it ended meanwhile
        return ""


@pytest.fixture(params=["cut off", "not cut off"])
def _each_isolation(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Run with namespaces where there are some, and without."""
    if request.param == "not cut off":
        monkeypatch.setattr(running, "UNSHARE", ("no-such-command",))
    isolation.cache_clear()
    yield
    isolation.cache_clear()


def test_what_a_command_says_is_kept() -> None:
    ran = run("cat; echo wrong >&2; exit 3", stdin="asked")
    assert (ran.stdout, ran.stderr, ran.code, ran.is_late) == ("asked", "wrong\n", 3, False)


def test_a_command_that_does_not_listen_is_no_trouble() -> None:
    assert run("exec <&-; sleep 0.2; echo said", stdin="x" * 10_000_000).stdout == "said\n"


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
@pytest.mark.usefixtures("_each_isolation")
def test_nothing_outlives_its_time() -> None:
    ran = run("sleep 86399.25 & sleep 86399.5", seconds=1)
    assert ran.is_late
    assert is_gone("86399.")


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
@pytest.mark.usefixtures("_each_isolation")
def test_nothing_outlives_the_command() -> None:
    ran = run("sleep 86398.25 & echo said")
    assert (ran.stdout, ran.is_late) == ("said\n", False)
    assert is_gone("86398.")


def test_who_says_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_SAID", 1_000_000)
    ran = run("yes")
    assert ran.is_late
    assert 1_000_000 < len(ran.stdout) < 2_000_000


def test_leaving_the_runner_ends_what_runs() -> None:
    left: list[Ran] = []
    with Runner() as runner:
        command = ["sh", "-c", "echo on; sleep 86397"]

        def work() -> None:
            left.append(runner.run(command, cwd=Path(), env=ENVIRONMENT, seconds=LONG))

        thread = threading.Thread(target=work)
        thread.start()
        while not runner._running:
            time.sleep(0.01)
    thread.join(LONG)
    assert left[0].code != 0
    with pytest.raises(Stopped):
        runner.run(["true"], cwd=Path(), env={}, seconds=LONG)


@pytest.mark.skipif(not isolation(), reason="this system has no namespaces for everyone")
def test_there_is_no_network() -> None:
    script = "import urllib.request as r; r.urlopen('http://127.0.0.1:%d').read()"
    with Path(os.devnull).open("wb") as nothing, recording_model.Model(nothing, []) as model:
        threading.Thread(target=model.serve_forever, daemon=True).start()
        port = model.server_port
        with urllib.request.urlopen(f"http://127.0.0.1:{port}") as answer:
            assert answer.status == 200
        ran = run(f'{sys.executable} -c "{script % port}"')
        model.shutdown()
    assert ran.code != 0
    assert "unreachable" in ran.stderr or "refused" in ran.stderr


AGENT = "---\nname: tester\ndescription: Runs tests\n---\nRun them.\n"


def test_a_client_sees_nothing_of_the_user(agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree({".claude/agents/tester.md": AGENT})
    client = root / "claude"
    client.write_text(
        f"#!/bin/sh\nenv >{root}/env; ls -A ~ >{root}/home; git status --branch >{root}/status\n"
    )
    client.chmod(0o755)
    secrets = {"ANTHROPIC_API_KEY": "secret", "GITHUB_TOKEN": "secret", "SSH_AUTH_SOCK": "secret"}
    agentgen("verify", "--from", ".", "--clients", ".", **secrets)
    names = {line.partition("=")[0] for line in (root / "env").read_text().splitlines()}
    kept = {"HOME", "LANG", "NO_COLOR", "PATH", "TERM", "TMPDIR", "USERPROFILE"}
    kept |= {f"XDG_{each}_HOME" for each in ("CACHE", "CONFIG", "DATA", "STATE")}
    kept |= {*OFFLINE, *(() if isolation() else NOWHERE)}
    assert names - {"PWD", "OLDPWD", "SHLVL", "_"} == kept
    assert (root / "home").read_text() == ""
    assert (root / "status").read_text().startswith("On branch main\n\nNo commits yet\n")


def test_json_says_what_clients_say(agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree({".claude/agents/tester.md": AGENT, ".kilo/agents/x.md": AGENT})
    (root / "claude").write_text(
        "#!/bin/sh\necho 'Available agents: tester' >&2\necho '{\"tools\": [\"Read\"]}'\n"
    )
    (root / "claude").chmod(0o755)
    run = agentgen("verify", "--from", ".", "--clients", ".", "--json")
    assert json.loads(run.stdout) == {
        "version": 1,
        "network": "cut-off" if isolation() else "settings-only",
        "clients": [
            {
                "name": "claude",
                "title": "Claude Code",
                "target": "claude",
                "installed": True,
                "version": None,
            },
            {
                "name": "kilo",
                "title": "Kilo",
                "target": "kilo",
                "installed": False,
                "version": None,
            },
        ],
        "verdicts": [
            {
                "client": "claude",
                "agent": "tester",
                "path": ".claude/agents/tester.md",
                "source": ".claude/agents/tester.md",
                "outcome": "loaded",
                "tools": ["Read"],
                "lost": [],
                "reason": None,
            }
        ],
    }
    assert "1 client, 1 agent: 1 loaded\nskipped Kilo: it is not installed\n" in run.stderr
    assert run.code == 0


def test_an_agent_is_counted_once_however_clients_write_its_name(
    agentgen: Agentgen, write_tree: Tree
) -> None:
    display = AGENT.replace("name: tester", "name: Tester")
    root = write_tree({".claude/agents/tester.md": AGENT, ".github/agents/t.agent.md": display})
    for name, answer in (("claude", "Available agents: x"), ("copilot", "No such agent: x")):
        (root / name).write_text(f"#!/bin/sh\necho '{answer}' >&2\n")
        (root / name).chmod(0o755)
    run = agentgen("verify", "--from", ".", "--clients", ".")
    assert "2 clients, 1 agent: 2 refused\n" in run.stderr


def test_a_model_that_records_answers_streams_and_wholes(tmp_path: Path) -> None:
    script = tmp_path / "client.py"
    script.write_text(
        "import json, os, sys, urllib.request as r\n"
        "def ask(**more):\n"
        "    body = {'messages': [{'role': 'user', 'content': sys.argv[1]}],\n"
        "            'tools': [{'type': 'function', 'function': {'name': 'read'}}], **more}\n"
        "    with r.urlopen(r.Request(os.environ['URL'], json.dumps(body).encode())) as answer:\n"
        "        return answer.read().decode()\n"
        "print(ask()); print(ask(stream=True)); sys.exit(5)\n"
    )
    call = {"id": "1", "type": "function", "function": {"name": "agent", "arguments": "{}"}}
    record = tmp_path / "record"
    model = ["-I", recording_model.__file__, str(record), json.dumps([call]), "leave"]
    ran = subprocess.run(
        [sys.executable, *model, sys.executable, str(script), "port {port}"],
        env={"URL": "http://127.0.0.1:{port}/v1/chat/completions"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (5, "")
    whole, *events = ran.stdout.splitlines()
    assert json.loads(whole)["choices"][0]["message"]["tool_calls"] == [call]
    assert '"content": "Done."' in events[0]
    assert "data: [DONE]" in events
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    assert [line["tools"] for line in lines] == [["read"], ["read"]]
    assert lines[0]["asked"].removeprefix("port ").isdigit()


def test_a_folder_of_clients_hides_those_on_path(tmp_path: Path) -> None:
    command = shutil.which("sh")
    assert command is not None
    path = str(Path(command).parent)
    assert Places(None, path).executable("sh")
    assert Places(tmp_path, path).executable("sh") is None
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sh").symlink_to(command)
    assert Places(tmp_path, path).executable("sh") == tmp_path / "bin" / "sh"


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_a_file_that_nobody_can_read_is_an_agent_or_none(client: Client) -> None:
    for text in ("", "\0", "---\nname: [\n---\n", "---\n- a\n---\n", "a = ", "[" * 9000, "\ud800"):
        file = AgentFile(PurePosixPath("x/y/z.md"), text, Source("z.md", text))
        names = [agent.name for agent in client.read(file)]
        assert names in (["z"], ["y"], ["z.md"])


def test_what_is_no_answer_is_none() -> None:
    text = '{"a": 1}\n{"a": \n' + '{"a":' * 100_000 + "\n[1]\nwords\n"
    assert list(said.objects(text)) == [{"a": 1}]
    assert said.names(["a", 3, None, "b" * 1000]) == ("a", "b" * said.LONGEST_NAME)
    assert said.names({"a": 1}) == ()
    assert said.reason("\x1b[31ma\n\n b\x1b[0m" + "c" * 1000) == "a b" + "c" * 296 + "…"
    assert said.log(Path("/no/such/file")) == ""


def test_a_name_that_cannot_be_judged_is_not_lost() -> None:
    known = {"a": {"x"}, "b": {"y", "z"}, "server/tool": None}
    asked = ("a", "b", "server/tool", "c")
    assert lost_tools(asked, {"x", "z"}, lambda name: known.get(name, set())) == ("c",)
    assert lost_tools(None, set(), lambda name: {name}) == ()


def test_the_last_rule_for_a_permission_counts() -> None:
    deny = {"permission": "*", "pattern": "*", "action": "deny"}
    read = {"permission": "read", "pattern": "*", "action": "allow"}
    env = {"permission": "read", "pattern": "*.env", "action": "deny"}
    assert is_allowed("read", [deny, read])
    assert not is_allowed("bash", [deny, read])
    assert not is_allowed("read", [read, deny])
    assert is_allowed("read", [read, env])
    assert is_allowed("read", [])
