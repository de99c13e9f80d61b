"""OpenCode: it lists its agents with the permissions that it has worked out for each.

Seen in 1.18.33. `opencode agent list` prints each as `NAME (MODE)` and a JSON list of rules, of
which the last that fits counts. One file that is wrong ends every command: `Configuration is
invalid at FILE`, and below it why.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from agentgen.verify.agents import AgentFile, ShownAgent, front_matter, lost_tools
from agentgen.verify.client import Client, Folder
from agentgen.verify.finding import find_command
from agentgen.verify.said import entries, reason
from agentgen.verify.session import Session, Unanswered
from agentgen.verify.verdict import Verdict, loaded, refused

Rules = list[dict[str, str]]

TOOLS = {
    **{name: name for name in ("bash", "read", "glob", "grep", "webfetch", "websearch")},
    **{name: name for name in ("task", "skill", "todowrite", "question")},
    "edit": "edit",
    "write": "edit",
}
"""OpenCode's tools, each with the permission that it takes."""

_AGENT = re.compile(r"^(.+) \((?:primary|subagent|all)\)$", re.MULTILINE)
_INVALID = re.compile(r"Configuration is invalid at (.*)\n(?:↳ )?(.*)")


def read(file: AgentFile) -> tuple[ShownAgent, ...]:
    """Return the agent in a file: named by its path below the folder, unless `name` says else."""
    keys = front_matter(file)
    below = PurePosixPath(*file.path.parts[2:]).with_suffix("")
    return (ShownAgent(str(keys.get("name") or below), file, allowed(keys.get("permission"))),)


def allowed(permission: object) -> tuple[str, ...] | None:
    """Return the permissions that a file gives by name; None where it leaves everything open."""
    if not isinstance(permission, Mapping) or permission.get("*") not in ("deny", None):
        return None
    names = [str(name) for name, action in permission.items() if action != "deny"]
    return tuple(name for name in names if name in TOOLS.values())


def ask(session: Session, agents: Sequence[ShownAgent]) -> Iterator[Verdict]:
    """Let OpenCode list its agents."""
    ran = session.ask("agent", "list")
    invalid = _INVALID.search(ran.stderr + ran.stdout)
    if ran.code != 0 and invalid is None:
        raise Unanswered(reason(ran.stderr or ran.stdout))
    if invalid is not None:
        for agent in agents:
            is_it = invalid[1].strip() == str(session.project / agent.file.path)
            why = invalid[2] if is_it else f"OpenCode does not start: {invalid[1]}: {invalid[2]}"
            yield refused(agent, reason(without(session, why)))
        return
    yield from judged(agents, listed(ran.stdout))


def without(session: Session, text: str) -> str:
    """Return a text in which files are named as in the project."""
    return text.replace(f"{session.project}/", "")


def listed(text: str) -> dict[str, Rules]:
    """Return the agents in a list, each with its rules."""
    found: dict[str, Rules] = {}
    for match in _AGENT.finditer(text):
        start = text.find("[", match.end())
        try:
            rules, _ = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        found[match[1]] = entries(rules)
    return found


def judged(agents: Sequence[ShownAgent], found: dict[str, Rules]) -> Iterator[Verdict]:
    """Yield a verdict for each agent: the tools are those that no rule takes away."""
    for agent in agents:
        if agent.name not in found:
            yield refused(agent, None)
            continue
        rules = found[agent.name]
        given = tuple(tool for tool, name in TOOLS.items() if is_allowed(name, rules))
        yield loaded(agent, given, lost_tools(agent.tools, given, gives))


def is_allowed(permission: str, rules: Rules) -> bool:
    """Say whether a tool is offered: it is not when the last rule for it denies everything."""
    fitting = [each for each in rules if fnmatchcase(permission, str(each.get("permission")))]
    last = fitting[-1] if fitting else {}
    return last.get("action") != "deny" or last.get("pattern") != "*"


def gives(permission: str) -> Collection[str]:
    """Return the tools that a permission gives."""
    return {tool for tool, name in TOOLS.items() if name == permission}


CLIENT = Client(
    "opencode",
    "OpenCode",
    "opencode",
    (Folder(".opencode/agent", is_nested=True), Folder(".opencode/agents", is_nested=True)),
    "npm install --global opencode-ai",
    lambda places: find_command(places, "opencode"),
    read,
    ask,
)
