"""The commands that are compared on one corpus: agentgen in several states, and the others.

`python` is the one of the environment that agentgen is installed in.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from bench.corpora import Corpus, build
from bench.measuring import Command
from bench.peers import Peer

NAIVE = "naive click + frontmatter + jinja2"
NOTHING = "`python -c pass`"
COPY = "`cp -r` of the sources"
COLD = "agentgen render, cold"
AGAIN = "agentgen render, nothing changed"
EDITED = "agentgen render, one agent edited"
LINT = "agentgen lint"


def yardsticks(corpus: Corpus, folder: Path, python: str) -> list[Command]:
    """Return what agentgen is compared with everywhere."""
    project = build(corpus, folder)
    naive, copy = folder / "out-naive", folder / "out-copy"
    script = str(Path(__file__).with_name("naive.py"))
    return [
        Command(NOTHING, (python, "-c", "pass"), project),
        Command(
            COPY,
            ("cp", "-r", str(project / "agents"), str(copy)),
            project,
            lambda: _remove(copy),
            copy,
            corpus.agents,
        ),
        Command(
            NAIVE,
            (python, script, str(project), str(naive)),
            project,
            lambda: _remove(naive),
            naive,
            corpus.agents,
        ),
    ]


def cold(corpus: Corpus, folder: Path, python: str) -> Command:
    """Return a render with no output and no cache to begin with."""
    output, cache = folder / "out-cold", folder / "cache-cold"
    return _render(COLD, corpus, folder, python, output, cache, lambda: _remove(output, cache))


def again(corpus: Corpus, folder: Path, python: str) -> Command:
    """Return a render of what is rendered already."""
    output, cache = folder / "out-again", folder / "cache-again"
    return _render(AGAIN, corpus, folder, python, output, cache, lambda: None)


def edited(corpus: Corpus, folder: Path, python: str) -> Command:
    """Return a render of what is rendered already, but for one agent that has a new line."""
    output, cache = folder / "out-edited", folder / "cache-edited"
    copy = folder / f"edited-{corpus.agents}"
    if not copy.exists():
        shutil.copytree(build(corpus, folder), copy)
    agent = copy / "agents" / f"{corpus.agent(0)[0]}.md"

    def edit() -> None:
        with agent.open("a", encoding="utf-8") as file:
            file.write("- One more line\n")
        time.sleep(0.1)  # nobody is faster, and what changes while a run begins is not noted

    return _render(EDITED, corpus, folder, python, output, cache, edit, copy)


def lint(corpus: Corpus, folder: Path, python: str) -> Command:
    """Return the check of all files, which renders them as well."""
    return Command(LINT, (_agentgen(python), "lint", "-q"), build(corpus, folder))


def others(corpus: Corpus, folder: Path, cache: Path, peers: tuple[Peer, ...]) -> list[Command]:
    """Return the commands of the peers that are run for so many agents."""
    commands = []
    for number, peer in enumerate(peers):
        if corpus.agents > peer.most:
            continue
        place = folder / f"peer-{number}-{corpus.agents}"
        if not place.exists():
            peer.lay_out(corpus, place)
        output = place / peer.output if peer.output else folder / f"out-peer-{number}"
        arguments = tuple(peer.arguments(cache / peer.program, place, output))
        files = 1 if peer.one_file else corpus.agents
        ready = _remover(output)
        commands.append(Command(peer.name, arguments, place, ready, output, files))
    return commands


def _render(
    name: str,
    corpus: Corpus,
    folder: Path,
    python: str,
    output: Path,
    cache: Path,
    prepare: Callable[[], None],
    project: Path | None = None,
) -> Command:
    _remove(output, cache)
    return Command(
        name,
        (_agentgen(python), "render", "-q", "-o", str(output)),
        project or build(corpus, folder),
        prepare,
        output,
        corpus.agents,
        cache,
    )


def _agentgen(python: str) -> str:
    return str(Path(python).with_name("agentgen"))


def _remover(output: Path) -> Callable[[], None]:
    return lambda: _remove(output)


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
