"""What there is to know of a client: the target it reads, where it looks, and how it is asked."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from agentgen.frozen import Frozen
from agentgen.verify.agents import AgentFile, ShownAgent
from agentgen.verify.finding import Installed, Places
from agentgen.verify.session import Session
from agentgen.verify.verdict import Verdict


class Folder(Frozen):
    """Where a client looks in a project: a folder, how names end there, and if below it too."""

    path: str
    suffix: str = ".md"
    is_nested: bool = False

    def holds(self, path: PurePosixPath) -> bool:
        """Say whether a file of a project is one that is looked for here."""
        folder = PurePosixPath(self.path)
        is_here = folder in path.parents if self.is_nested else folder == path.parent
        return is_here and path.name.endswith(self.suffix)

    def files(self, project: Path) -> Iterator[Path]:
        """Yield the files of a project on disk that are looked for here."""
        folder = project / self.path
        found = folder.rglob if self.is_nested else folder.glob
        yield from (each for each in sorted(found(f"*{self.suffix}")) if each.is_file())


class Client(Frozen):
    """A client that says offline and without an account which agents it loads.

    `folders` are where it looks in a project; `find` looks for the client itself; `read` returns
    the agents in a file; `ask` returns a verdict for each. `install` is a command that installs it.
    """

    name: str
    title: str
    target: str
    folders: tuple[Folder, ...]
    install: str
    find: Callable[[Places], Installed | None]
    read: Callable[[AgentFile], tuple[ShownAgent, ...]]
    ask: Callable[[Session, Sequence[ShownAgent]], Iterable[Verdict]]

    def looks_at(self, path: PurePosixPath) -> bool:
        """Say whether a file of a project is one that this client looks for."""
        return any(folder.holds(path) for folder in self.folders)
