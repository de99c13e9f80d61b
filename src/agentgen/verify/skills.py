"""Agent Skills: the reference validator, `agentskills validate`.

Seen in skills-ref 0.1.1 from PyPI. Clients that read skills follow its specification
(agentskills.io), each more or less strictly.
"""

from collections.abc import Iterator, Sequence

from agentgen.frozen import replace
from agentgen.verify.agents import AgentFile, ShownAgent, from_front_matter
from agentgen.verify.client import Client, Folder
from agentgen.verify.finding import find_command
from agentgen.verify.said import reason
from agentgen.verify.session import Session, Unanswered
from agentgen.verify.verdict import Verdict, loaded, refused, unanswered


def read(file: AgentFile) -> tuple[ShownAgent, ...]:
    """Return the skill in a file; the names of tools that it mentions are not judged."""
    return tuple(
        replace(each, name=file.path.parent.name, tools=None) for each in from_front_matter(file)
    )


def ask(session: Session, agents: Sequence[ShownAgent]) -> Iterator[Verdict]:
    """Validate one folder after the other."""
    for agent in agents:
        try:
            ran = session.ask("validate", str(agent.file.path.parent))
        except Unanswered as error:
            yield unanswered(agent, str(error))
            continue
        said = ran.stdout + ran.stderr
        yield loaded(agent) if ran.code == 0 else refused(agent, reason(said))


CLIENT = Client(
    "skills",
    "Agent Skills validator",
    "skill",
    (Folder(".agents/skills", "SKILL.md", is_nested=True),),
    "pip install skills-ref",
    lambda places: find_command(places, "agentskills"),
    read,
    ask,
)
