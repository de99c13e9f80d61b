"""Gemini CLI: its own loader, which judges keys, names and tools.

Seen in 0.61.0. Its commands want a login before they say anything, so a script of ours loads the
module that exports `loadAgentsFromDirectory`.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from agentgen.verify.agents import ShownAgent, from_front_matter, lost_tools
from agentgen.verify.client import Client, Folder
from agentgen.verify.finding import find_package
from agentgen.verify.said import entries, names, objects, reason
from agentgen.verify.session import Session, Unanswered
from agentgen.verify.verdict import Verdict, loaded, refused

PACKAGE = "@google/gemini-cli"
FOLDER = ".gemini/agents"
BUNDLES = ("bundle", "dist/src", "dist")


def ask(session: Session, agents: Sequence[ShownAgent]) -> Iterator[Verdict]:
    """Let the loader read the folder of agents."""
    package = session.client.package
    assert package is not None  # noqa: S101 - it was found by it
    bundle = next((package / each for each in BUNDLES if (package / each).is_dir()), package)
    ran = session.ask_node("gemini.mjs", bundle, session.project / FOLDER)
    said = next((each for each in objects(ran.stdout) if "agents" in each), None)
    if said is None:
        raise Unanswered(reason(ran.stderr or ran.stdout))
    taken = {each.get("name"): each for each in entries(said.get("agents"))}
    errors = {Path(str(each.get("file"))).name: each for each in entries(said.get("errors"))}
    for agent in agents:
        about = taken.get(agent.name)
        if about is None:
            error = errors.get(agent.file.path.name, {}).get("message")
            yield refused(agent, reason(str(error).rpartition(f"{agent.file.path}: ")[2]))
        elif about.get("tools") is None:
            yield loaded(agent)
        else:
            given = names(about["tools"])
            yield loaded(agent, given, lost_tools(agent.tools, given, lambda name: {name}))


CLIENT = Client(
    "gemini",
    "Gemini CLI",
    "gemini",
    (Folder(FOLDER),),
    f"npm install --global {PACKAGE}",
    partial(find_package, name=PACKAGE, command="gemini"),
    from_front_matter,
    ask,
)
