"""Kilo CLI, which grew out of OpenCode: the same list, but a wrong file harms only itself.

Seen in 7.7.7. `kilo config check` says which files are left out, and why.
"""

import re
from collections.abc import Iterator, Sequence

from agentgen.frozen import replace
from agentgen.verify.agents import ShownAgent
from agentgen.verify.client import Client, Folder
from agentgen.verify.finding import find_command
from agentgen.verify.opencode import judged, listed, read
from agentgen.verify.said import reason
from agentgen.verify.session import Session, Unanswered
from agentgen.verify.verdict import Outcome, Verdict


def ask(session: Session, agents: Sequence[ShownAgent]) -> Iterator[Verdict]:
    """Let Kilo list its agents, and ask for reasons where one is missing."""
    ran = session.ask("agent", "list")
    found = listed(ran.stdout)
    if not found:
        raise Unanswered(reason(ran.stderr or ran.stdout))
    verdicts = list(judged(agents, found))
    complaints = ""
    if any(each.outcome is Outcome.REFUSED for each in verdicts):
        check = session.ask("config", "check")
        complaints = check.stdout + check.stderr
    for each in verdicts:
        why = complaint(complaints, str(session.project / each.agent.file.path))
        yield replace(each, reason=why) if each.outcome is Outcome.REFUSED and why else each


def complaint(text: str, path: str) -> str | None:
    """Return what Kilo says is wrong with a file."""
    found = re.search(rf"{re.escape(path)} is invalid: (.*)", text)
    return reason(found[1]) if found else None


CLIENT = Client(
    "kilo",
    "Kilo",
    "kilo",
    (Folder(".kilo/agents", is_nested=True), Folder(".kilo/agent", is_nested=True)),
    "npm install --global @kilocode/cli",
    lambda places: find_command(places, "kilo"),
    read,
    ask,
)
