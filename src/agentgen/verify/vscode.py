"""VS Code: its own parser and validator of agents, from a build of its sources as npm packages.

Seen in @codingame/monaco-vscode-chat-service-override 36.2.7, which is VS Code 1.128. Which tools
there are is known only in a running editor with its extensions; the names here are VS Code's tool
sets, and those that its Copilot extension has given new names (microsoft/vscode-copilot-chat,
package.json, `legacyToolReferenceFullNames`).
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from agentgen.frozen import replace
from agentgen.verify.agents import ShownAgent, from_front_matter
from agentgen.verify.client import Client, Folder
from agentgen.verify.finding import Installed, Places, find_package
from agentgen.verify.said import LONGEST_NAME, entries, log, names, objects, reason
from agentgen.verify.session import Session, Unanswered
from agentgen.verify.verdict import Verdict, loaded, refused, unanswered

PACKAGE = "@codingame/monaco-vscode-chat-service-override"
SETS = ("agent", "edit", "execute", "read", "search", "todo", "vscode", "web")
RENAMED = {
    "changes": ("search/changes",),
    "codebase": ("search/codebase",),
    "editFiles": ("edit/editFiles",),
    "fetch": ("web/fetch",),
    "githubRepo": ("web/githubRepo",),
    "problems": ("read/problems",),
    "runCommands": ("execute/runInTerminal",),
    "usages": ("search/usages",),
}

PRODUCT = "vscode/src/vs/platform/product/common/product.js"

_VERSION = re.compile(r"\bversion: '([\d.]+)'")
_UNKNOWN = re.compile(r"Unknown tool '([^'/]*)'")


def ask(session: Session, agents: Sequence[ShownAgent]) -> Iterator[Verdict]:
    """Let the validator look at every file at once."""
    assert session.client.package is not None  # noqa: S101 - it was found by it
    folder = Path(*session.client.package.parts[: -len(PACKAGE.split("/"))])
    tools = json.dumps({"known": SETS, "renamed": RENAMED})
    files = [session.project / agent.file.path for agent in agents]
    ran = session.ask_node("vscode.mjs", folder, tools, *files)
    said = {each.get("file"): each for each in objects(ran.stdout)}
    if ran.code != 0 and not said:
        raise Unanswered(reason(ran.stderr))
    for agent, file in zip(agents, files, strict=True):
        about = said.get(str(file))
        if about is None:
            yield unanswered(agent, reason(ran.stderr))
        else:
            yield judged(agent, about)


def judged(agent: ShownAgent, about: dict[str, object]) -> Verdict:
    """Return the verdict that the validator's markers amount to: an error is a refusal."""
    markers = entries(about.get("markers"))
    errors = [each.get("message") for each in markers if each.get("severity") == "Error"]
    if errors:
        return refused(agent, reason("; ".join(map(str, errors))))
    unknown = (_UNKNOWN.search(str(each.get("message"))) for each in markers)
    lost = tuple(each[1][:LONGEST_NAME] for each in unknown if each)
    asked = names(about.get("tools")) if about.get("tools") is not None else None
    given = None if asked is None else tuple(each for each in asked if each not in lost)
    return loaded(agent, given, lost)


def find(places: Places) -> Installed | None:
    """Find the packages; the editor itself ships its sources in a form that nothing can load."""
    found = find_package(places, PACKAGE)
    if found is None or found.package is None:
        return None
    product = found.package.with_name("monaco-vscode-api") / PRODUCT
    version = _VERSION.search(log(product))
    return replace(found, version=version[1]) if version else found


CLIENT = Client(
    "vscode",
    "VS Code",
    "copilot",
    (Folder(".github/agents"),),
    f"npm install --global {PACKAGE}",
    find,
    from_front_matter,
    ask,
)
