"""What a run does grows with its input and no faster: operations are counted, never seconds.

The interpreter's audit events count what is opened, listed and compiled in this process; what
workers do is counted where it is asked for.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import agentgen
from agentgen.environment.engine import Engine
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Job, Limits, Setup
from agentgen.queueing import Find
from agentgen.workers import Outcomes, Workers

Tree = Callable[[dict[str, str]], Path]
AGENT = "---\nname: a{0}\ndescription: Number {0}\n---\n{{{{ schema.project.name }}}}\n"
PARTIAL = "- {{ schema.project.name }}\n"

_counting: list[Counter[str]] = []


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if not _counting:
        return
    if event == "open" and str(arguments[0]).endswith((".md", ".yaml", ".toml", ".json", ".tmp")):
        _counting[-1][Path(str(arguments[0])).suffix] += 1
    elif event in ("os.scandir", "os.listdir", "os.rename", "compile"):
        _counting[-1][event] += 1


sys.addaudithook(_listen)


@contextmanager
def counted() -> Iterator[Counter[str]]:
    _counting.append(Counter())
    try:
        yield _counting[-1]
    finally:
        _counting.pop()


class CountingWorkers(Workers):
    """Workers that count the jobs that they are given, and the includes that these ask for."""

    def __init__(self) -> None:
        super().__init__(most=1)
        self.jobs = self.includes = 0

    def stream(self, jobs: Iterable[Job], count: int, setup: Setup, find: Find) -> Outcomes:
        def finding(name: str, parent: str) -> tuple[str, str] | None:
            self.includes += 1
            return find(name, parent)

        self.jobs += count
        yield from super().stream(jobs, count, setup, finding)


def rendered(folder: Path) -> tuple[Counter[str], CountingWorkers]:
    with CountingWorkers() as workers, counted() as counts:
        artifacts = agentgen.render(agentgen.load(folder), workers=workers).artifacts
        agentgen.write(artifacts, folder / "build")
    return counts, workers


def agents(count: int) -> dict[str, str]:
    schema = {"schemas/project.yaml": "project: {name: x}\n"}
    return schema | {f"agents/a{n}.md": AGENT.format(n) for n in range(count)}


@pytest.fixture(autouse=True)
def _warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Import what is imported late, so that it is not counted."""
    folder = tmp_path_factory.mktemp("warm")
    (folder / "agents").mkdir()
    for number in range(20):
        (folder / "agents" / f"a{number}.md").write_text(AGENT.format(number))
    (folder / "schemas").mkdir()
    (folder / "schemas" / "project.yaml").write_text("project: {name: x}\n")
    rendered(folder)


@pytest.mark.parametrize("count", [20, 60])
def test_each_agent_is_read_rendered_and_written_once(write_tree: Tree, count: int) -> None:
    counts, workers = rendered(write_tree(agents(count)))
    assert counts[".md"] == count
    assert counts[".tmp"] == 2 * count + 1  # written, and waited for; and the manifest
    assert counts["os.rename"] == count + 1
    assert counts[".yaml"] == 1
    assert workers.jobs == count
    assert not counts["compile"]


def test_folders_are_listed_as_often_for_many_agents_as_for_few(write_tree: Tree) -> None:
    few, _ = rendered(root := write_tree(agents(20)))
    shutil.rmtree(root / "build")
    many, _ = rendered(write_tree(agents(60)))
    assert few["os.scandir"] == many["os.scandir"] > 0
    assert few["os.listdir"] == many["os.listdir"]


def test_what_is_rendered_already_is_read_once_and_not_written(write_tree: Tree) -> None:
    root = write_tree(agents(20))
    rendered(root)
    counts, _ = rendered(root)
    assert counts[".md"] == 2 * 20  # sources and outputs
    assert not counts[".tmp"] + counts["os.rename"]


def test_an_include_is_asked_for_once_by_all_agents(write_tree: Tree) -> None:
    body = "".join(f"{{% include '_p{n}.md' %}}\n" for n in range(30))
    files = {f"partials/_p{n}.md": PARTIAL for n in range(30)}
    files |= {f"agents/a{n}.md": AGENT.format(n) + body for n in range(5)}
    counts, workers = rendered(write_tree(agents(0) | files))
    assert counts[".md"] == 30 + 5
    assert workers.includes <= 30 * 5


@pytest.mark.parametrize("count", [10, 100])
def test_an_include_is_compiled_once(count: int) -> None:
    def fetch(name: str, _: str) -> tuple[str, str]:
        return f"partials/{name}", PARTIAL

    schema = {"project": {"name": "x"}}
    engine = Engine(
        Setup(Undefined.GUARDED, Whitespace.TIDY, ("\0", "\1"), schema, Limits()), fetch
    )
    body = "".join(f"{{% include '_p{n}.md' %}}\n" for n in range(count))
    for number in range(3):
        with counted() as counts:
            engine.perform(Job(f"agents/a{number}.md", body, "markdown", {}))
        assert counts["compile"] == (count + 1 if number == 0 else 1)


def test_a_larger_schema_is_read_once_and_told_to_each_worker_once(write_tree: Tree) -> None:
    more = "".join(f"  k{n}: [1, 2, 3]\n" for n in range(5_000))
    schema = {"schemas/project.yaml": f"project: {{name: x}}\nmore:\n{more}"}
    counts, workers = rendered(write_tree(agents(10) | schema))
    assert counts[".yaml"] == 1
    assert workers.jobs == 10
