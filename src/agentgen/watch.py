"""Changes on disk: where a project's files lie, and waiting until one of them changes.

Folders are watched one by one and not with all that is below them: a project can stand in a
repository of any size, and what agentgen writes itself lies beside what it reads.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agentgen.diagnostics import AgentgenError
from agentgen.folders import SUFFIX, Folders, find_folders
from agentgen.frozen import Frozen
from agentgen.loader import SCHEMA_FOLDER, Request
from agentgen.paths import ShownPath, real_path
from agentgen.selection import patterns
from agentgen.settings import OWN_FILE, SHARED_FILE, Found, Settings, find_settings

STEP_MILLISECONDS = 20
"""Changes that follow each other faster belong together: an editor saves in several steps."""

DEBOUNCE_MILLISECONDS = 500
"""The longest wait while changes keep coming."""

_YAML = (".yaml", ".yml")


class Places(Frozen):
    """Where a project is read from: folders of Markdown, files, and folders of schemas."""

    markdown: tuple[Path, ...]
    files: frozenset[Path]
    schemas: tuple[Path, ...]

    def concern(self, path: Path) -> bool:
        """Say whether a change of this path can change what is rendered."""
        if path in self.files:
            return True
        if path.parent in self.schemas and path.suffix in _YAML:
            return True
        if any(folder.is_relative_to(path) for folder in (*self.markdown, *self.schemas)):
            return True
        inside = [folder for folder in self.markdown if path.is_relative_to(folder)]
        below = path.relative_to(inside[0]).parts if inside else (".",)
        is_hidden = any(part.startswith(".") for part in below)
        return not is_hidden and (path.suffix == SUFFIX or path.is_dir())

    def folders(self) -> frozenset[Path]:
        """Return the folders to watch, each by itself: all that exist, or those around them."""
        found = {_existing(path.parent) for path in (*self.files, *self.markdown, *self.schemas)}
        found |= {_existing(folder) for folder in self.schemas}
        for folder in self.markdown:
            found.update(path for path, _ in _tree(folder))
        return frozenset(found)


def places(request: Request) -> Places:
    """Return where a project lies, as far as its settings and the request can be understood."""
    directory = real_path(request.directory)
    shown = ShownPath(directory)
    try:
        found = find_settings(directory, shown)
    except AgentgenError:
        found = Found(_nearest_settings(directory), Settings())
    folders = _folders(request, found, shown)
    own = (folders.agents, folders.prompts, folders.partials)
    markdown = tuple(map(real_path, own))
    schemas = [directory / name for name in request.schema]
    schemas += [found.root / name for name in found.settings.schema]
    settings = [root / name for root in {directory, found.root} for name in (OWN_FILE, SHARED_FILE)]
    links = [link for folder in markdown for link in _links(folder)]
    return Places(
        markdown,
        frozenset(each for path in (*schemas, *settings, *links, *own) for each in _both(path)),
        (found.root / SCHEMA_FOLDER,),
    )


class Watch:
    """Watches a project's places from the moment that it is made. Needs the package watchfiles."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._places = places(request)
        self._folders: frozenset[Path] = frozenset()
        self._changes: Iterator[set[tuple[Any, str]]] = iter(())
        self._start()

    def wait(self) -> tuple[Path, ...]:
        """Return the paths that changed, once some did; what changes from then on is kept.

        Raises `KeyboardInterrupt` for Ctrl-C.
        """
        while True:
            changed = {Path(path) for _, path in next(self._changes)}
            if replaced := changed & self._folders:
                self._folders = frozenset()  # another of the same name is watched by nobody
            found = {path for path in changed if self._places.concern(path)} | replaced
            if found:
                self._places = places(self._request)
                self._start()
                return tuple(sorted(found))

    def _start(self) -> None:
        """Watch the folders that there are now, if they are others than those that are watched."""
        import watchfiles

        while (folders := self._places.folders()) != self._folders:
            changes = watchfiles.watch(
                *folders,
                watch_filter=None,
                step=STEP_MILLISECONDS,
                debounce=DEBOUNCE_MILLISECONDS,
                rust_timeout=1,
                yield_on_timeout=True,
                recursive=False,
                ignore_permission_denied=True,
            )
            try:
                next(changes)  # it watches from here on, and not since it was made
            except FileNotFoundError:  # a folder went away in between
                continue
            self._changes, self._folders = changes, folders


def _folders(request: Request, found: Found, shown: ShownPath) -> Folders:
    settings, root = found.settings, found.root
    own = Folders(root / settings.agents, root / settings.prompts, root / settings.partials)
    try:
        wanted = patterns(request.agents, real_path(request.directory), own.agents)
        return find_folders(found, tuple(each.path for each in wanted if each.path), shown)
    except AgentgenError:
        return own


def _nearest_settings(directory: Path) -> Path:
    for folder in (directory, *directory.parents):
        if (folder / OWN_FILE).is_file() or (folder / SHARED_FILE).is_file():
            return folder
    return directory


def _tree(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Yield each folder below and including this one that is not hidden, and its files' names."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield Path(parent), files


def _links(folder: Path) -> Iterator[Path]:
    for parent, names in _tree(folder):
        yield from (path for name in names if (path := parent / name).is_symlink())


def _both(path: Path) -> tuple[Path, Path]:
    """Return where a path is, and where it leads: a link can be made to lead elsewhere."""
    return real_path(path.parent) / path.name, real_path(path)


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.is_dir())
