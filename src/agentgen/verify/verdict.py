"""What a client makes of an agent."""

import enum

from agentgen.frozen import Frozen
from agentgen.verify.agents import ShownAgent


class Outcome(enum.StrEnum):
    """How it went: `LOADED` as meant, `LOST_TOOLS`, `REFUSED`, or `UNANSWERED` by the client."""

    LOADED = "loaded"
    LOST_TOOLS = "lost-tools"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


class Verdict(Frozen):
    """What a client makes of one agent, and why.

    `tools` are those that the client gives it, None where it does not say; `lost` are names that
    the file asks for and that give the agent nothing; `reason` is the client's, or ours for it.
    """

    agent: ShownAgent
    outcome: Outcome
    tools: tuple[str, ...] | None = None
    lost: tuple[str, ...] = ()
    reason: str | None = None


def loaded(
    agent: ShownAgent, tools: tuple[str, ...] | None = None, lost: tuple[str, ...] = ()
) -> Verdict:
    """Return the verdict for an agent that is loaded, less the tools that are lost."""
    outcome = Outcome.LOST_TOOLS if lost else Outcome.LOADED
    return Verdict(agent, outcome, tools, lost)


def not_started(agent: ShownAgent) -> Verdict:
    """Return the verdict for an agent that is listed, and brings commands that are not to run."""
    reason = "listed, but not started: it brings commands of its own"
    return Verdict(agent, Outcome.LOADED, reason=reason)


def refused(agent: ShownAgent, reason: str | None) -> Verdict:
    """Return the verdict for an agent that is not loaded."""
    return Verdict(agent, Outcome.REFUSED, reason=reason or "it does not say why")


def unanswered(agent: ShownAgent, reason: str) -> Verdict:
    """Return the verdict for an agent that the client could not be asked about."""
    return Verdict(agent, Outcome.UNANSWERED, reason=reason)
