"""Copilot CLI: it lists its agents when asked for one that is not there; a model sees their tools.

Seen in 1.0.102. Without an account it works with a model of one's own (`copilot help providers`):
`COPILOT_OFFLINE` and a base URL. `copilot --agent NOBODY -p x` ends with `No such agent: NOBODY,
available: …`, its log says what is wrong with a file, and what it offers the model are its tools.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from agentgen.verify.agents import ShownAgent, from_front_matter, lost_tools
from agentgen.verify.client import Client, Folder
from agentgen.verify.finding import find_command
from agentgen.verify.said import log, names, reason
from agentgen.verify.session import Session, Unanswered
from agentgen.verify.verdict import Verdict, loaded, not_started, refused, unanswered

NOBODY = "__agentgen__"

GIVES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("execute", "shell", "bash", "powershell", "runcommands"), ("bash",)),
    **dict.fromkeys(("read", "notebookread", "view"), ("view",)),
    **dict.fromkeys(("edit", "multiedit", "write", "notebookedit"), ("edit", "create")),
    **dict.fromkeys(("search", "grep", "glob", "codebase", "search/codebase"), ("grep", "glob")),
    **dict.fromkeys(("agent", "custom-agent", "task"), ("task",)),
    **dict.fromkeys(("todo", "todowrite"), ("update_todo",)),
}
"""What the documented names become; docs.github.com, "Custom agents configuration"."""

NOT_OFFLINE = frozenset({"web", "websearch", "webfetch"})
"""Names whose tools Copilot leaves out when it is offline."""

_AVAILABLE = re.compile(r"No such agent: .*?, available: (.*)")


def ask(session: Session, agents: Sequence[ShownAgent]) -> Iterator[Verdict]:
    """Ask which agents there are, and then each for its tools."""
    logs = session.home / "logs"
    words = (f"--agent={NOBODY}", "-p", "x", "--log-level", "debug", "--log-dir", logs)
    ran = session.ask(*words, env=environment(9))
    available = _AVAILABLE.search(ran.stderr + ran.stdout)
    if available is None and "No such agent" not in ran.stderr + ran.stdout:
        raise Unanswered(reason(ran.stderr or ran.stdout))
    listed = available[1].split(", ") if available else []
    complaints = "\n".join(map(log, sorted(logs.glob("*.log"))))
    for agent in agents:
        if agent.name not in listed:
            yield refused(agent, complaint(complaints, agent))
        elif agent.brings_commands:
            yield not_started(agent)
        else:
            yield with_tools(session, agent)


def environment(port: object) -> dict[str, str]:
    """Return the variables that keep Copilot offline, with a model behind a local port."""
    return {
        "COPILOT_OFFLINE": "true",
        "COPILOT_AUTO_UPDATE": "false",
        "COPILOT_PROVIDER_BASE_URL": f"http://127.0.0.1:{port}/v1",
        "COPILOT_MODEL": "gpt-5",
    }


def complaint(text: str, agent: ShownAgent) -> str | None:
    """Return what the log says is wrong with an agent's file, errors before warnings."""
    path = re.escape(str(agent.file.path.parent / agent.file.path.name.partition(".")[0]))
    found = re.search(rf"\[ERROR\] {path}[\w.]*: (.*)", text)
    found = found or re.search(rf"\[WARNING\] {path}[\w.]*: (.*)", text)
    return reason(found[1]) if found else None


def with_tools(session: Session, agent: ShownAgent) -> Verdict:
    """Start an agent that is there, and see which tools the model is offered."""
    try:
        ran, requests = session.ask_with_model(
            f"--agent={agent.name}", "-p", "x", env=environment("{port}")
        )
    except Unanswered as error:
        return unanswered(agent, str(error))
    if not requests:
        return unanswered(agent, reason(ran.stderr or ran.stdout))
    given = names(requests[0].get("tools"))
    return loaded(agent, given, lost_tools(agent.tools, given, gives))


def gives(name: str) -> Collection[str] | None:
    """Return the tools of which a name gives one; servers and the web are not there offline."""
    known = GIVES.get(name.lower())
    if known is None and ("/" in name or name.lower() in NOT_OFFLINE):
        return None
    return known or (name,)


CLIENT = Client(
    "copilot",
    "Copilot CLI",
    "copilot",
    (Folder(".github/agents", is_nested=True),),
    "npm install --global @github/copilot",
    lambda places: find_command(places, "copilot"),
    from_front_matter,
    ask,
)
