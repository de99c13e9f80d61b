"""Where a project's agents, prompts and partials lie, and which files are in those folders."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from agentgen.diagnostics import AgentgenError, Diagnostic, Source, fail, quoted
from agentgen.frozen import Frozen, field
from agentgen.paths import ShownPath, real_path, role_of
from agentgen.settings import Found

SUFFIX = ".md"
PARTIAL_MARK = "_"


class SourceFile(Frozen):
    """A file to load: its path, where it really is, its path in messages, and for templates.

    `data` is to be taken for what the file holds.
    """

    path: Path
    real: Path
    shown: str
    name: PurePosixPath
    data: bytes | None = field(default=None, repr=False)

    @property
    def role(self) -> str:
        """The kind of folder that the file lies in: `agents`, `prompts` or `partials`."""
        return role_of(self.name)

    @property
    def is_partial(self) -> bool:
        """Say whether the file is only for including."""
        return self.name.name.startswith(PARTIAL_MARK) or self.role == "partials"


class Folders(Frozen):
    """The three folders of a library; a folder that does not exist holds nothing."""

    agents: Path
    prompts: Path
    partials: Path

    @property
    def root(self) -> Path:
        """The nearest folder that holds all three."""
        return Path(
            os.path.commonpath([self.agents.parent, self.prompts.parent, self.partials.parent])
        )

    def files(self, shown: ShownPath) -> tuple[SourceFile, ...]:
        """Return every Markdown file of the library, sorted by name.

        Hidden files and folders are passed over. Raises `AgentgenError` for a link that leads out
        of the library, and for a folder that cannot be read.
        """
        problems: list[Diagnostic] = []
        found: dict[Path, SourceFile] = {}
        for role, folder in self._roles():
            if self._leads_out(folder, shown, problems):
                continue
            for path in _markdown_files(folder, shown, problems):
                file = _source_file(path, role, folder, shown)
                if file.real is path or not self._leads_out(path, shown, problems):
                    found.setdefault(path, file)
        if problems:
            raise AgentgenError(problems)
        return _sorted(found.values())

    def files_at(self, paths: Iterable[Path], shown: ShownPath) -> tuple[SourceFile, ...]:
        """Return the files at these paths, which `files` has returned before, sorted by name.

        Raises `AgentgenError` for a link that leads out of the library by now.
        """
        problems: list[Diagnostic] = []
        found = [
            next(
                _source_file(path, role, folder, shown)
                for role, folder in self._roles()
                if path.is_relative_to(folder)
            )
            for path in paths
        ]
        for file in found:
            if file.real is not file.path:
                self._leads_out(file.path, shown, problems)
        if problems:
            raise AgentgenError(problems)
        return _sorted(found)

    def _roles(self) -> tuple[tuple[str, Path], ...]:
        return ("agents", self.agents), ("prompts", self.prompts), ("partials", self.partials)

    def _leads_out(self, path: Path, shown: ShownPath, problems: list[Diagnostic]) -> bool:
        if real_path(path).is_relative_to(real_path(self.root)):
            return False
        place = Source(shown(path), "").whole()
        problems.append(Diagnostic("escaping-link", "this link leads out of the library", place))
        return True


def find_folders(found: Found, paths: tuple[Path, ...], shown: ShownPath) -> Folders:
    """Return the project's folders, or those around agents that lie elsewhere.

    `paths` are the agent files and folders that were asked for. Outside the project's agents
    folder, the library is the folder named like the project's own above them, or else their own
    folder, with the prompts and partials beside it. Raises `AgentgenError` when they lie in two.
    """
    settings, root = found.settings, found.root
    own = Folders(root / settings.agents, root / settings.prompts, root / settings.partials)
    around = {_around(path, own, settings.agents, shown) for path in paths}
    if not around:
        return own
    if len(around) > 1:
        places = " and ".join(quoted(shown(folders.agents)) for folders in sorted(around, key=str))
        message = f"these agents are in two libraries: {places}"
        raise fail("invalid-option", message, help="render them in two runs")
    return around.pop()


def _around(path: Path, own: Folders, agents_name: str, shown: ShownPath) -> Folders:
    if path.is_relative_to(own.agents):
        return own
    if path.is_file() and path.is_relative_to(own.prompts):
        help = "a prompt is rendered with the agents that lead to it; name one of them"
        raise fail("unknown-agent", f"{quoted(shown(path))} is a prompt, not an agent", help=help)
    name = Path(agents_name).name
    if path.is_dir() and (path / name).is_dir():
        path = path / name
    named = [folder for folder in (path, *path.parents) if folder.name == name]
    agents = named[0] if named else path if path.is_dir() else path.parent
    return Folders(agents, agents.parent / "prompts", agents.parent / "partials")


def _source_file(path: Path, role: str, folder: Path, shown: ShownPath) -> SourceFile:
    real = real_path(path) if path.is_symlink() else path
    below = str(path)[len(str(folder)) :].replace(os.sep, "/")
    name = PurePosixPath(role, below.lstrip("/"))
    return SourceFile(path, real, shown(path), name, None)


def _sorted(files: Iterable[SourceFile]) -> tuple[SourceFile, ...]:
    return tuple(sorted(files, key=lambda file: file.name.as_posix()))


def _markdown_files(folder: Path, shown: ShownPath, problems: list[Diagnostic]) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        if isinstance(error, FileNotFoundError) and error.filename == str(folder):
            return
        reason = (error.strerror or str(error)).lower()
        place = Source(shown(Path(error.filename)), "").whole()
        problems.append(Diagnostic("unreadable-file", f"cannot read this folder: {reason}", place))

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield Path(parent, name)
