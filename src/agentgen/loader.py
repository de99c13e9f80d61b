"""Folders become a `Project`: every file loaded, the schema read, the agents asked for picked."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from agentgen.agent_file import load_agent, load_document, load_prompt
from agentgen.diagnostics import (
    AgentgenError,
    Diagnostic,
    Source,
    fail,
    quoted,
)
from agentgen.folders import Folders, SourceFile, find_folders
from agentgen.frozen import Frozen, field, replace
from agentgen.keeping import Store
from agentgen.model import Agent, Document, Failure, Project, ProjectSchema, Prompt
from agentgen.modes import Undefined, Whitespace
from agentgen.paths import ShownPath, real_path
from agentgen.patterns import pattern
from agentgen.schema import SchemaFile, load_schema
from agentgen.selection import Pattern, clashes, duplicate_names, patterns, select
from agentgen.settings import Found, Settings, find_settings

SCHEMA_FOLDER = "schemas"
SCHEMA_STEM = "project"
_POINT = pattern(r"U\+(0?[0-9A-Fa-f]{4,5}|10[0-9A-Fa-f]{4})")
_YAML = (".yaml", ".yml")

T = TypeVar("T", Agent, Prompt, Document)


class Request(Frozen):
    """What is asked for: a folder to start from, and the options that win over its settings.

    `agents` holds names, globs over names, and paths of files or folders; none means all. `schema`
    holds paths and `values` holds `KEY.PATH=VALUE`. Paths are relative to `directory`.
    """

    directory: Path = field(default_factory=Path)
    agents: tuple[str, ...] = ()
    schema: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    undefined: Undefined | None = None
    whitespace: Whitespace | None = None
    limits: Mapping[str, float] = field(default_factory=dict)


class Loaded(Frozen):
    """A project, the agents that were asked for, and what there is to say about files.

    `everything` says that no agent was left out but those that the schema disables. `problems` are
    the errors that keep what was asked for from being rendered, `schema_problems` those of them
    that are about the project schema. `folders` are where the sources lie. `own` are the files, by
    their paths in messages, that may be mended: none that lies elsewhere, and no link. `enabled`
    are all agents that the schema does not disable, `inputs` all files that were read. `prompts`
    are rendered whether or not something leads to them; with `everything`, all are.
    """

    project: Project
    selected: tuple[Agent, ...]
    everything: bool
    found: Found
    diagnostics: tuple[Diagnostic, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    schema_problems: tuple[Diagnostic, ...] = ()
    folders: tuple[Path, ...] = ()
    own: Mapping[str, Path] = field(default_factory=dict, repr=False)
    enabled: tuple[Agent, ...] = ()
    inputs: tuple[Path, ...] = field(default=(), repr=False)
    prompts: tuple[Prompt, ...] = ()

    @property
    def has_schema(self) -> bool:
        """Whether the project schema could be read."""
        return not self.schema_problems

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.found.settings


class Survey(Frozen):
    """All that a request can be about: the project as far as it could be loaded, and its files.

    `problems` and `warnings` are about the project as a whole; the project carries its failures.
    """

    project: Project
    files: tuple[SourceFile, ...]
    folders: Folders
    found: Found
    wanted: tuple[Pattern, ...]
    problems: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...]
    schema_files: tuple[SchemaFile, ...] = ()

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file that was read: agents, prompts, partials, schemas and settings."""
        sources = (file.path for file in self.files)
        schemas = (file.path for file in self.schema_files)
        settings = (self.found.file,) if self.found.file else ()
        return tuple(dict.fromkeys((*sources, *schemas, *settings)))

    @property
    def own(self) -> dict[str, Path]:
        """The files of the project itself, by their paths in messages."""
        root = real_path(self.found.root)
        agents = {file.shown: file.path for file in self.files if file.real == file.path}
        return agents | {
            file.shown: file.path
            for file in self.schema_files
            if not file.path.is_symlink() and real_path(file.path).is_relative_to(root)
        }


def load(
    request: Request,
    working_directory: Path | None = None,
    texts: Mapping[Path, bytes] = MappingProxyType({}),
) -> Loaded:
    """Load the project that a request is about, and pick the agents that it asks for.

    Messages show paths relative to `working_directory` (default: the current one). `texts` are
    taken for what files hold, by their real paths. Raises
    `AgentgenError` where there is no project, or no agent that was asked for; the problems of
    single files are among what it returns.
    """
    return _picked(survey(request, working_directory, texts))


def load_each(requests: Iterable[Request]) -> Iterator[Loaded]:
    """Load one library with the schemas of each request in turn; the rest is that of the first.

    Raises as `load` does.
    """
    seen: Survey | None = None
    for request in requests:
        seen = survey(request) if seen is None else _with_schema(seen, request)
        yield _picked(seen)


def load_some(request: Request, paths: Iterable[Path], wanted: Container[Path]) -> Loaded:
    """Load these files of a library, which holds no others that they have to do with.

    Of these, the `wanted` ones are to be rendered. The problems of files are among what is
    returned, and there is no question of what else the library holds.
    """
    shown = ShownPath(Path.cwd())
    found = find_settings(request.directory, shown)
    folders = find_folders(found, (), shown)
    files = folders.files_at(paths, shown)
    read = _read_schema(found, request, shown, {})
    project = _project(request, found, folders, files, read.schema)
    failures = (each for failure in project.failures for each in failure.diagnostics)
    enabled = select((), project, files).agents
    return Loaded(
        project=project,
        selected=tuple(agent for agent in enabled if agent.document.path in wanted),
        everything=False,
        found=found,
        diagnostics=read.warnings,
        problems=(*read.problems, *failures),
        folders=(folders.agents, folders.prompts, folders.partials),
        prompts=tuple(each for each in project.prompts if each.document.path in wanted),
    )


def _picked(seen: Survey) -> Loaded:
    project = seen.project
    selection = select(seen.wanted, project, seen.files)
    enabled = select((), project, seen.files)
    everything = not seen.wanted or set(enabled.names) <= set(selection.names)
    problems = list(seen.problems)
    for failure in project.failures:
        needed = not seen.wanted or str(failure.name) in selection.failed
        problems += failure.diagnostics if needed else ()
    problems += clashes(agent.document for agent in selection.agents)
    problems += duplicate_names(selection.agents)
    problems += clashes(prompt.document for prompt in project.prompts) if everything else ()
    return Loaded(
        project=project,
        selected=selection.agents,
        everything=everything,
        found=seen.found,
        diagnostics=seen.warnings,
        problems=tuple(problems),
        schema_problems=seen.problems,
        enabled=enabled.agents,
        folders=(seen.folders.agents, seen.folders.prompts, seen.folders.partials),
        own=seen.own,
        inputs=seen.inputs,
    )


def survey(
    request: Request,
    working_directory: Path | None = None,
    texts: Mapping[Path, bytes] = MappingProxyType({}),
) -> Survey:
    """Load all that can be loaded of the project that a request is about.

    Raises `AgentgenError` only where there is no project: no folder, no agents, bad settings.
    """
    shown = ShownPath(working_directory or Path.cwd())
    if not request.directory.is_dir():
        raise fail("missing-file", f"there is no folder {quoted(request.directory)}")
    found = find_settings(request.directory, shown)
    own_agents = found.root / found.settings.agents
    wanted = patterns(request.agents, real_path(request.directory), own_agents)
    folders = find_folders(found, tuple(each.path for each in wanted if each.path), shown)
    files = folders.files(shown)
    _require_agents(folders, files, shown, found)
    if texts:
        files = tuple(replace(file, data=texts.get(real_path(file.real))) for file in files)
    read = _read_schema(found, request, shown, texts)
    project = _project(request, found, folders, files, read.schema)
    return Survey(project, files, folders, found, wanted, read.problems, read.warnings, read.files)


def load_library(root: Path) -> Project:
    """Load the agents, prompts and partials of a library that stands for itself.

    No settings count, and no project schema. Raises `AgentgenError` where one cannot be loaded.
    """
    found = Found(root, Settings())
    shown = ShownPath(root)
    folders = find_folders(found, (), shown)
    project = _project(Request(root), found, folders, folders.files(shown), ProjectSchema())
    if project.failures:
        raise AgentgenError([each for one in project.failures for each in one.diagnostics])
    return project


def _with_schema(seen: Survey, request: Request) -> Survey:
    """Return what was seen, with the project schema of another request."""
    read = _read_schema(seen.found, request, ShownPath(Path.cwd()), {})
    project = replace(seen.project, schema=read.schema)
    return replace(
        seen,
        project=project,
        problems=read.problems,
        warnings=read.warnings,
        schema_files=read.files,
    )


class _ReadSchema(Frozen):
    """A project schema, the files that it is from, and what there is to say about them."""

    schema: ProjectSchema = field(default_factory=ProjectSchema)
    files: tuple[SchemaFile, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def _read_schema(
    found: Found, request: Request, shown: ShownPath, texts: Mapping[Path, bytes]
) -> _ReadSchema:
    files: tuple[SchemaFile, ...] = ()
    try:
        files = find_schema_files(found, request, shown, texts)
        schema, warnings = load_schema(files, request.values)
    except AgentgenError as error:
        return _ReadSchema(files=files, problems=error.diagnostics)
    return _ReadSchema(schema, files, warnings)


def _project(
    request: Request,
    found: Found,
    folders: Folders,
    files: tuple[SourceFile, ...],
    schema: ProjectSchema,
) -> Project:
    failures: list[Failure] = []
    limits = replace(found.settings.limits, **dict[str, Any](request.limits))
    largest = limits.input * 1024 * 1024
    of_role = {
        role: [file for file in files if file.role == role and not file.is_partial]
        for role in ("agents", "prompts")
    }
    included = [file for file in files if file.is_partial]
    keep = Store().keep
    agents = _each(of_role["agents"], lambda file: load_agent(file, largest, keep), failures)
    prompts = _each(of_role["prompts"], lambda file: load_prompt(file, largest, keep), failures)
    partials = _each(included, lambda file: load_document(file, largest, keep), failures)
    return Project(
        root=folders.root,
        agents=agents,
        prompts=prompts,
        partials=partials,
        schema=schema,
        undefined=request.undefined or found.settings.undefined,
        whitespace=request.whitespace or found.settings.whitespace,
        limits=limits,
        allowed=_characters(found.settings),
        failures=tuple(failures),
    )


def _characters(settings: Settings) -> frozenset[str]:
    """Return the characters that `U+200B` and the like stand for."""
    points = [_POINT.fullmatch(name) for name in settings.allow_characters]
    if not all(points):
        message = "the setting `allow_characters` must hold code points as `U+200B`"
        raise fail("invalid-settings", message)
    return frozenset(chr(int(point[1], 16)) for point in points if point)


def _each(
    files: list[SourceFile], load_one: Callable[[SourceFile], T], failures: list[Failure]
) -> tuple[T, ...]:
    loaded: list[T] = []
    for file in files:
        try:
            loaded.append(load_one(file))
        except AgentgenError as error:
            failures.append(Failure(file.name, file.path, error.diagnostics))
    return tuple(loaded)


def find_schema_files(
    found: Found,
    request: Request,
    shown: ShownPath,
    texts: Mapping[Path, bytes] = MappingProxyType({}),
) -> tuple[SchemaFile, ...]:
    """Return the project schemas that a request is about; later ones are merged over earlier ones.

    Raises `AgentgenError` where it cannot be told which is meant.
    """
    if request.schema:
        paths = [request.directory / name for name in request.schema]
    elif found.settings.schema:
        paths = [found.root / name for name in found.settings.schema]
    else:
        paths = _default_schema(found.root, shown)
    real = {path: real_path(path) for path in paths}
    return tuple(SchemaFile(path, shown(real[path]), texts.get(real[path])) for path in paths)


def _default_schema(root: Path, shown: ShownPath) -> list[Path]:
    folder = root / SCHEMA_FOLDER
    if not folder.is_dir():
        return []
    candidates = sorted(path for path in folder.iterdir() if path.suffix in _YAML)
    named = [path for path in candidates if path.stem == SCHEMA_STEM]
    if len(named or candidates) > 1:
        names = ", ".join(quoted(shown(path)) for path in named or candidates)
        message = f"there are several project schemas: {names}"
        raise fail(
            "missing-file", message, help="name one with `--schema`, or `schema` in the settings"
        )
    for path in named or candidates:
        if not real_path(path).is_relative_to(real_path(root)):
            place = Source(shown(path), "").whole()
            raise fail("escaping-link", "this link leads out of the project", place)
    return named or candidates


def _require_agents(
    folders: Folders, files: tuple[SourceFile, ...], shown: ShownPath, found: Found
) -> None:
    if any(file.role == "agents" and not file.is_partial for file in files):
        return
    folder = quoted(shown(folders.agents))
    if folders.agents.is_dir():
        raise fail("missing-file", f"there is no agent (a `*.md` file) in {folder}")
    named = "name a folder of agents, or a project with `-C`"
    help = (
        f"the settings are {quoted(shown(found.file))}; {named}"
        if found.file
        else f"no settings file was found here or above; {named}, or begin one with `agentgen init`"
    )
    raise fail("missing-file", f"there is no folder {folder} to read agents from", help=help)
