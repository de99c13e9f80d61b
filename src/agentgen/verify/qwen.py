"""Qwen Code: the first thing that it says lists its agents; a model sees the tools of each.

Seen in 0.15.10. Files that it skips are in its debug log. The tools of an agent show when it is at
work: the model calls each agent once, and each asks the model in turn.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from agentgen.verify.agents import ShownAgent, from_front_matter, lost_tools
from agentgen.verify.client import Client, Folder
from agentgen.verify.finding import find_command
from agentgen.verify.said import log, names, objects, reason
from agentgen.verify.session import Session, Unanswered
from agentgen.verify.verdict import Verdict, loaded, not_started, refused, unanswered

MARK = "agentgen asks agent"
SAME = {"replace": "edit", "search_file_content": "grep_search", "ls": "list_directory"}
"""Old names that Qwen Code still takes (tools/tool-names.ts, ToolNamesMigration)."""

NEEDS_SEARCH = "web_search"
"""Is there with a provider that can search, and not in every version."""

_WORDS = (
    *("--auth-type", "openai", "--openai-api-key", "none", "--model", "agentgen"),
    *("--openai-base-url", "http://127.0.0.1:{port}/v1"),
    *("--approval-mode", "yolo", "--debug", "--output-format", "stream-json", "x"),
)
"""`yolo`: tools that need a person's consent are left out otherwise. The model calls none."""


def ask(session: Session, agents: Sequence[ShownAgent]) -> Iterator[Verdict]:
    """Start Qwen Code once, and let the model call every agent."""
    calls = [
        call(number, each.name) for number, each in enumerate(agents) if not each.brings_commands
    ]
    ran, requests = session.ask_with_model(*_WORDS, calls=calls)
    first = next((each for each in objects(ran.stdout) if "agents" in each), None)
    if first is None:
        raise Unanswered(reason(ran.stderr or ran.stdout))
    listed = names(first["agents"])
    debug = sorted((session.home / ".qwen" / "debug").glob("*.txt"))
    complaints = "\n".join(map(log, debug))
    for number, agent in enumerate(agents):
        if agent.name not in listed:
            yield refused(agent, complaint(complaints, session.project / agent.file.path))
            continue
        if agent.brings_commands:
            yield not_started(agent)
            continue
        given = offered(requests, number)
        if given is None:
            yield unanswered(agent, "it has the agent, which was not seen at work")
        else:
            yield loaded(agent, given, lost_tools(agent.tools, given, gives))


def call(number: int, name: str) -> dict[str, Any]:
    """Return the tool call that puts an agent to work."""
    words = {"description": "x", "prompt": f"{MARK} {number}", "subagent_type": name}
    function = {"name": "agent", "arguments": json.dumps(words)}
    return {"id": f"call_{number}", "type": "function", "function": function}


def offered(requests: list[dict[str, Any]], number: int) -> tuple[str, ...] | None:
    """Return the tools in the request that an agent made; None where there was no such request."""
    for each in requests:
        if str(each.get("asked")).endswith(f"{MARK} {number}"):
            return names(each.get("tools"))
    return None


def complaint(text: str, path: Path) -> str | None:
    """Return what the debug log says is wrong with a file."""
    found = re.search(rf"Skipped invalid file {re.escape(str(path))}: (.*)", text)
    return reason(found[1]) if found else None


def gives(name: str) -> Collection[str] | None:
    """Return the tool that a name gives; a server's are there when the server is."""
    is_judged = name != NEEDS_SEARCH and not name.startswith("mcp__")
    return {SAME.get(name, name)} if is_judged else None


CLIENT = Client(
    "qwen",
    "Qwen Code",
    "qwen",
    (Folder(".qwen/agents"),),
    "npm install --global @qwen-code/qwen-code",
    lambda places: find_command(places, "qwen"),
    from_front_matter,
    ask,
)
