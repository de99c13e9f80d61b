"""Every client that is there is asked about the files that are meant for it, side by side."""

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from agentgen.diagnostics import Diagnostic, Severity, quoted
from agentgen.frozen import Frozen
from agentgen.verify.agents import AgentFile, ShownAgent
from agentgen.verify.client import Client
from agentgen.verify.finding import Installed, Places
from agentgen.verify.running import Runner, Stopped, isolation
from agentgen.verify.session import Session, Unanswered, lay_out
from agentgen.verify.verdict import Outcome, Verdict, unanswered

AT_ONCE = (os.cpu_count() or 1) + 1
"""Clients that are asked side by side: one more than there are processors, because some wait."""

MOST_NAMED = 20
"""Lost tools that one message names."""

OnProgress = Callable[[int, int], None]


class Answer(Frozen):
    """What one client says: whether it is installed, and a verdict for each of its agents."""

    client: Client
    installed: Installed | None
    verdicts: tuple[Verdict, ...] = ()


class Verified(Frozen):
    """What the clients say; `is_cut_off` if the system let none of them reach a network."""

    answers: tuple[Answer, ...]
    is_cut_off: bool


def verify(
    clients: Sequence[Client],
    files: Iterable[AgentFile],
    places: Places,
    seconds: float,
    on_progress: OnProgress = lambda _done, _all: None,
) -> Verified:
    """Ask clients about files; each is shown those that it looks for, and no others.

    `seconds` is how long a client may take for one answer. A client that is not installed gives no
    verdict, one that fails or takes too long gives `UNANSWERED`.
    """
    files = list(files)
    shown = [[each for each in files if client.looks_at(each.path)] for client in clients]
    installed = [
        client.find(places) if own else None for client, own in zip(clients, shown, strict=True)
    ]
    done = 0
    with (
        tempfile.TemporaryDirectory(prefix="agentgen-verify-", ignore_cleanup_errors=True) as name,
        ThreadPoolExecutor(max_workers=AT_ONCE) as pool,
        Runner() as runner,
    ):
        scratch = Path(name).resolve()
        futures = [
            pool.submit(_ask, client, found, own, scratch / client.name, runner, seconds)
            for client, found, own in zip(clients, installed, shown, strict=True)
        ]
        answers = []
        for future in futures:
            answers.append(future.result())
            done += 1
            on_progress(done, len(clients))
    return Verified(tuple(answers), bool(isolation()))


def _ask(
    client: Client,
    installed: Installed | None,
    files: list[AgentFile],
    folder: Path,
    runner: Runner,
    seconds: float,
) -> Answer:
    agents = [agent for file in files for agent in client.read(file)]
    if installed is None or not agents:
        return Answer(client, installed)
    home, project = lay_out(folder, files)
    session = Session(installed, home, project, runner, seconds)
    verdicts: list[Verdict] = []
    try:
        verdicts += client.ask(session, agents)
    except (Unanswered, OSError) as error:
        verdicts = [unanswered(agent, str(error)) for agent in agents]
    except Stopped:
        pass
    return Answer(client, installed, tuple(verdicts))


def diagnostics(verified: Verified) -> tuple[Diagnostic, ...]:
    """Return what there is to report: an agent that is refused, tools that are lost, no answer."""
    return tuple(
        each
        for answer in verified.answers
        for verdict in answer.verdicts
        for each in _diagnostics(answer, verdict)
    )


def _diagnostics(answer: Answer, verdict: Verdict) -> list[Diagnostic]:
    who, agent = _title(answer), verdict.agent
    place = agent.file.source.whole()
    reason = verdict.reason or ""
    match verdict.outcome:
        case Outcome.REFUSED:
            message = f"{who} does not load {quoted(agent.name)}: {reason}"
            return [Diagnostic("refused-agent", message, place)]
        case Outcome.LOST_TOOLS:
            return [_lost(who, agent, verdict)]
        case Outcome.UNANSWERED:
            message = f"{who} does not say what it makes of {quoted(agent.name)}: {reason}"
            return [Diagnostic("unanswered-question", message, place)]
        case _:
            return []


def _lost(who: str, agent: ShownAgent, verdict: Verdict) -> Diagnostic:
    names = ", ".join(map(quoted, verdict.lost[:MOST_NAMED]))
    left = len(verdict.tools or ())
    message = f"{who} gives {quoted(agent.name)} nothing for {names}"
    help = None if left or verdict.tools is None else "it is left without any tool"
    return Diagnostic("lost-tool", message, agent.file.source.whole(), Severity.WARNING, help)


def _title(answer: Answer) -> str:
    version = answer.installed.version if answer.installed else None
    return f"{answer.client.title} {version}" if version else answer.client.title
