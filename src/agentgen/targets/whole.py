"""What concerns all artifacts of a target together: names that meet, files that hold several."""

from collections.abc import Iterable, Iterator

from agentgen.diagnostics import Diagnostic, Note, Severity, quoted
from agentgen.model import Agent, Artifact
from agentgen.targets.overrides import own_keys
from agentgen.targets.slugs import slug_of
from agentgen.targets.target import Target


def same_slugs(target: Target, agents: Iterable[Agent]) -> Iterator[Diagnostic]:
    """Yield an error for each agent whose name is the name of another one to the client."""
    if target.native is None:
        return
    first: dict[str, Agent] = {}
    for agent in agents:
        slug = _client_name(target, agent)
        other = first.setdefault(slug, agent)
        if slug and other is not agent and other.name != agent.name:
            pair = f"{quoted(agent.name)} and {quoted(other.name)}"
            message = f"{pair} are both {quoted(slug)} to {target.name}"
            note = Note(f"{quoted(other.name)} is here:", other.place)
            yield Diagnostic(
                "duplicate-name", message, agent.place, notes=(note,), help="rename one of them"
            )


def _client_name(target: Target, agent: Agent) -> str:
    """Return what a client calls an agent, which the agent may say for this client alone."""
    known = target.native.known if target.native else {}
    own = own_keys(target, known, agent.data.get("targets"))
    return str(own.get("slug") or own.get("name") or slug_of(agent))


def gathered(target: Target, artifacts: list[Artifact]) -> list[Artifact]:
    """Return the artifacts, those of all agents as one where the client wants one file."""
    if target.native is None or target.native.combine is None:
        return artifacts
    path = target.agents.folder / target.agents.suffix
    parts = sorted((each for each in artifacts if each.path == path), key=lambda each: each.source)
    others = [each for each in artifacts if each.path != path]
    if not parts:
        return others
    text = target.native.combine([each.text for each in parts])
    return [*others, Artifact(target.name, path, text)]


def read_twice(targets: Iterable[Target]) -> Iterator[Diagnostic]:
    """Yield a note for each target whose client also reads what is written for another one."""
    chosen = {target.name: target for target in targets}
    for target in chosen.values():
        for name in target.also_reads:
            if name in chosen:
                folder = quoted(chosen[name].agents.folder)
                message = f"{target.title} reads {folder} too, and may show each agent twice"
                yield Diagnostic("read-twice", message, severity=Severity.NOTE)
