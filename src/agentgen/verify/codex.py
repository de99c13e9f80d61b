"""Codex: the instructions that it would send list its roles; `doctor` knows why one is missing.

Seen in 0.169.0. Roles of a project count when the project is trusted, which a scratch home can say.
A role has no tools of its own.
"""

import json
import re
from collections.abc import Iterator, Sequence

from agentgen.source import read_toml
from agentgen.verify.agents import AgentFile, ShownAgent, brings_commands, stem
from agentgen.verify.client import Client, Folder
from agentgen.verify.finding import find_command
from agentgen.verify.said import reason
from agentgen.verify.session import Session, Unanswered
from agentgen.verify.verdict import Verdict, loaded, refused, unanswered

HEADING = "Available roles:\n"

_ROLE = re.compile(r"^(.+): \{$", re.MULTILINE)


def read(file: AgentFile) -> tuple[ShownAgent, ...]:
    """Return the role in a TOML file."""
    try:
        keys = read_toml(file.text)
    except ValueError:
        keys = {}
    name = keys.get("name")
    name = name if isinstance(name, str) and name else stem(file)
    return (ShownAgent(name, file, brings_commands=brings_commands(keys)),)


def ask(session: Session, agents: Sequence[ShownAgent]) -> Iterator[Verdict]:
    """Look for each role among those that the model would hear of."""
    home = session.home / ".codex"
    home.mkdir(exist_ok=True)
    trusted = f'[projects.{json.dumps(str(session.project))}]\ntrust_level = "trusted"\n'
    (home / "config.toml").write_text(trusted)
    ran = session.ask("debug", "prompt-input", "x")
    if ran.code != 0:
        raise Unanswered(reason(ran.stderr or ran.stdout))
    there = roles(ran.stdout)
    missing = [agent for agent in agents if agent.name not in there]
    complaints = ask_doctor(session) if missing else []
    for agent in agents:
        if agent.name in there:
            yield loaded(agent)
            continue
        path = str(session.project / agent.file.path)
        mine = (each for each in complaints if path in each or f"`{agent.name}`" in each)
        why = next(mine, "").removeprefix("Ignoring malformed agent role definition: ")
        if why or there:
            yield refused(agent, reason(why.replace(f"{session.project}/", "")))
        else:
            yield unanswered(agent, "the instructions for its model list no roles")


def roles(text: str) -> frozenset[str]:
    """Return the names of the roles in the instructions for the model, which lists them if any."""
    try:
        said = [each for each in texts(json.loads(text)) if HEADING in each]
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(_ROLE.findall(said[0].partition(HEADING)[2] if said else ""))


def ask_doctor(session: Session) -> list[str]:
    """Return what Codex says of files that it leaves out."""
    try:
        said = json.loads(session.ask("doctor", "--json").stdout)
    except (ValueError, RecursionError):
        return []
    return [each for each in texts(said) if "agent role" in each]


def texts(value: object) -> Iterator[str]:
    """Yield every text in JSON data."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text):
                yield text
            case list(items):
                waiting += items
            case dict(items):
                waiting += items.values()


CLIENT = Client(
    "codex",
    "Codex",
    "codex",
    (Folder(".codex/agents", ".toml", is_nested=True),),
    "npm install --global @openai/codex",
    lambda places: find_command(places, "codex"),
    read,
    ask,
)
