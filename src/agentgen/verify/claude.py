"""Claude Code: it lists its agents when asked for one that is not there, and their tools at start.

Seen in 2.1.330. `claude --agent NOBODY -p x` ends with `Available agents: …` on stderr; the debug
log says what is wrong with a file. With `--output-format stream-json` the first line says which
tools the session has, before anything is sent to a model.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import partial

from agentgen.verify.agents import ShownAgent, from_front_matter, lost_tools
from agentgen.verify.client import Client, Folder
from agentgen.verify.finding import find_command
from agentgen.verify.said import log, names, objects, reason
from agentgen.verify.session import Session, Unanswered
from agentgen.verify.verdict import Verdict, loaded, not_started, refused, unanswered

NOBODY = "__agentgen__"
SAME = {"Agent": "Task"}
"""Names that Claude Code knows by another one."""

IN_BASH = frozenset({"Grep", "Glob"})
"""Tools that are not listed beside `Bash`, whose shell has them."""

_AVAILABLE = re.compile(r"Available agents: (.*)")
_RULE = re.compile(r"\(.*\)$")


def ask(session: Session, agents: Sequence[ShownAgent]) -> Iterator[Verdict]:
    """Ask which agents there are, and then each for its tools."""
    debug = session.home / "debug.log"
    ran = session.ask(f"--agent={NOBODY}", "-p", "x", "--debug-file", debug)
    available = _AVAILABLE.search(ran.stderr + ran.stdout)
    if available is None:
        raise Unanswered(reason(ran.stderr or ran.stdout))
    listed = available[1].split(", ")
    complaints = log(debug)
    for agent in agents:
        if agent.name not in listed:
            yield refused(agent, complaint(complaints, agent))
        elif agent.brings_commands:
            yield not_started(agent)
        else:
            yield with_tools(session, agent)


def complaint(text: str, agent: ShownAgent) -> str | None:
    """Return what the debug log says is wrong with an agent's file, errors before warnings."""
    path = re.escape(str(agent.file.path))
    found = re.search(rf"\[ERROR\] .*{path}:? (.*)", text)
    found = found or re.search(rf"\[WARN\] .*{path}:? (.*)", text)
    return reason(found[1]) if found else None


def with_tools(session: Session, agent: ShownAgent) -> Verdict:
    """Start an agent that is there, and see which tools it has."""
    try:
        ran = session.ask(
            f"--agent={agent.name}", "-p", "x", "--output-format", "stream-json", "--verbose"
        )
    except Unanswered as error:
        return unanswered(agent, str(error))
    first = next(objects(ran.stdout), {})
    if not isinstance(first.get("tools"), list):
        return unanswered(agent, reason(ran.stderr or ran.stdout))
    given = names(first["tools"])
    return loaded(agent, given, lost_tools(agent.tools, given, partial(gives, given)))


def gives(given: Collection[str], name: str) -> Collection[str] | None:
    """Return the tools of which a name gives one; a server's are there when the server is."""
    if name.startswith("mcp__"):
        return None
    tool = _RULE.sub("", name)
    tool = SAME.get(tool, tool)
    return {tool, "Bash"} if tool in IN_BASH and "Bash" in given else {tool}


CLIENT = Client(
    "claude",
    "Claude Code",
    "claude",
    (Folder(".claude/agents", is_nested=True),),
    "npm install --global @anthropic-ai/claude-code",
    lambda places: find_command(places, "claude"),
    from_front_matter,
    ask,
)
