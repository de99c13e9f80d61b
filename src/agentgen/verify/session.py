"""One client's visit to a scratch project: a home of its own, nothing of the user's, no network."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from agentgen.frozen import Frozen
from agentgen.verify.agents import AgentFile
from agentgen.verify.finding import Installed
from agentgen.verify.running import Ran, Runner, isolation
from agentgen.verify.said import objects

HEAD = "ref: refs/heads/main\n"
RECORD = "requests.jsonl"

OFFLINE = {
    **dict.fromkeys(("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "DO_NOT_TRACK"), "1"),
    **dict.fromkeys(("OPENCODE_DISABLE_AUTOUPDATE", "OPENCODE_DISABLE_MODELS_FETCH"), "1"),
    **dict.fromkeys(("KILO_DISABLE_AUTOUPDATE", "KILO_DISABLE_MODELS_FETCH"), "1"),
    "QWEN_TELEMETRY_ENABLED": "false",
}
"""What keeps clients from the network, as far as they have words for it."""

NOWHERE = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"),
    "NO_PROXY": "127.0.0.1,localhost",
}
"""A proxy that is not there, for clients that nothing cuts off."""


class Unanswered(Exception):
    """The client could not be asked; its text says why."""


class Session(Frozen):
    """A client, a home and a project on disk for it, and how long it may take for one answer."""

    client: Installed
    home: Path
    project: Path
    runner: Runner
    seconds: float

    def ask(self, *words: str | Path, env: Mapping[str, str] | None = None) -> Ran:
        """Run the client in the project; raise `Unanswered` when it does not come to an end."""
        assert self.client.executable is not None  # noqa: S101 - it was found by it
        return self._run([self.client.executable, *words], env or {})

    def ask_node(self, script: str, *words: str | Path, stdin: str = "") -> Ran:
        """Run a script of ours in the client's node, with the client's package at hand."""
        assert self.client.node is not None  # noqa: S101 - it was found with it
        with resources.as_file(resources.files("agentgen.verify") / script) as file:
            return self._run([self.client.node, file, *words], {}, stdin)

    def ask_with_model(
        self,
        *words: str | Path,
        calls: Iterable[Mapping[str, Any]] = (),
        env: Mapping[str, str] | None = None,
    ) -> tuple[Ran, list[dict[str, Any]]]:
        """Run the client with a model that records: return what it left, and what it sent.

        `{port}` in words and environment is the model's; it makes the tool `calls` in its first
        answer. What was sent are `{"asked", "tools"}`.
        """
        assert self.client.executable is not None  # noqa: S101 - it was found by it
        device, direct = ("up", {}) if isolation() else ("leave", dict.fromkeys(NOWHERE, ""))
        record = self.home / RECORD
        record.unlink(missing_ok=True)
        with resources.as_file(resources.files("agentgen.verify") / "recording_model.py") as file:
            model = [sys.executable, "-I", file, record, json.dumps(list(calls)), device]
            command = [*map(str, model), self.client.executable, *words]
            ran = self._run(command, {**direct, **(env or {})})
        return ran, list(objects(record.read_text(errors="replace"))) if record.exists() else []

    def _run(self, command: list[str | Path], env: Mapping[str, str], stdin: str = "") -> Ran:
        ran = self.runner.run(
            command,
            cwd=self.project,
            env={**self.environment(), **env},
            seconds=self.seconds,
            stdin=stdin,
        )
        if ran.is_late:
            raise Unanswered(f"no answer within {self.seconds:g} s")
        return ran

    def environment(self) -> dict[str, str]:
        """Return the whole environment: where programs are, and a home that is new."""
        home = self.home
        ours = [each.parent for each in (self.client.executable, self.client.node) if each]
        return {
            "PATH": os.pathsep.join([*map(str, ours), os.environ.get("PATH", os.defpath)]),
            "HOME": str(home),
            "USERPROFILE": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local" / "share"),
            "XDG_STATE_HOME": str(home / ".local" / "state"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "TMPDIR": str(home),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "NO_COLOR": "1",
            **OFFLINE,
            **({} if isolation() else NOWHERE),
        }


def lay_out(folder: Path, files: Iterable[AgentFile]) -> tuple[Path, Path]:
    """Write a home and a project with files, which is an empty git repository; return both.

    The repository is what git itself takes for one: gitrepository-layout(5).
    """
    home, project = folder / "home", folder / "project"
    for each in (home, project / ".git" / "objects", project / ".git" / "refs" / "heads"):
        each.mkdir(parents=True)
    (project / ".git" / "HEAD").write_text(HEAD)
    for file in files:
        path = project / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.text.encode(errors="surrogateescape"))
    return home, project
