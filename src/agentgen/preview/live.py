"""A project as it is at the moment, for a page that stays open: loaded, counted, looked at."""

from collections import Counter
from pathlib import Path
from typing import Any

from agentgen.api import find_targets
from agentgen.diagnostics import AgentgenError, Diagnostic, Severity, fail, quoted
from agentgen.frozen import Frozen, replace
from agentgen.lint import lint
from agentgen.loader import Loaded, Request, find_schema_files, load
from agentgen.model import Failure
from agentgen.paths import ShownPath
from agentgen.preview.view import Item, View, as_data, failed_view, look_at, path_of
from agentgen.remembering import RememberingWorkers
from agentgen.schema import SchemaFile, load_schema
from agentgen.source import read_source
from agentgen.targets import TARGETS
from agentgen.workers import Workers

EDITED = "the schema as edited"


class Question(Frozen):
    """Which item is to be shown, for which target, and with which schema instead of its own."""

    item: str
    target: str
    schema: str | None = None


class Snapshot(Frozen):
    """What a page needs to know of the project, as plain data, and the items behind it."""

    data: dict[str, Any]
    loaded: Loaded | None
    items: dict[str, Item | Failure]


class Live:
    """The project that a request is about, as it was when it was last read.

    Each of `looks`, `trials` and `counts` is used by one thread at a time, and none by two.
    """

    def __init__(self, request: Request, targets: tuple[str, ...] = ()) -> None:
        self._request = request
        self._targets = targets
        self.looks = RememberingWorkers(most=1)
        self.trials = RememberingWorkers(most=1)
        self.counts = RememberingWorkers()
        self._parsers = {False: Workers(most=1), True: Workers(most=1)}
        self.snapshot = self.read()

    def read(self) -> Snapshot:
        """Read the project anew; keep and return what there is."""
        try:
            loaded = load(self._request)
            target = find_targets(self._targets, loaded.settings)[0].name
        except AgentgenError as error:
            self.snapshot = Snapshot(_nothing(error.diagnostics), None, {})
            return self.snapshot
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            what = fail("unreadable-file", f"cannot use {quoted(error.filename)}: {reason}")
            self.snapshot = Snapshot(_nothing(what.diagnostics), None, {})
            return self.snapshot
        project = loaded.project
        items: dict[str, Item | Failure] = {
            **{str(each.document.name): each for each in project.agents},
            **{str(each.document.name): each for each in project.prompts},
            **{str(each.name): each for each in project.failures if not _is_partial(each)},
        }
        data = {
            "items": [_item(name, each) for name, each in sorted(items.items())],
            "targets": list(TARGETS),
            "target": target,
            "schema": self._schema(loaded),
            "problems": as_data(loaded.problems if not items else ()),
        }
        self.snapshot = Snapshot(data, loaded, items)
        return self.snapshot

    def count(self) -> dict[str, tuple[int, int]]:
        """Return how many errors and warnings `lint` finds in each item of the project."""
        loaded = self.snapshot.loaded
        if loaded is None:
            return {}
        targets = find_targets(self._targets, loaded.settings)
        try:
            found = lint(loaded, targets, self.counts, loaded.settings.lint)
        except AgentgenError as error:
            found = error.diagnostics
        paths = Counter((each.location.path, each.severity) for each in found if each.location)
        names = ((name, path_of(each)) for name, each in self.snapshot.items.items())
        return {
            name: (paths[path, Severity.ERROR], paths[path, Severity.WARNING])
            for name, path in names
        }

    def look(self, question: Question) -> View:
        """Return what there is to see of an item; raise `AgentgenError` where there is none."""
        snapshot = self.snapshot
        if snapshot.loaded is None or question.item not in snapshot.items:
            raise fail("unknown-agent", f"there is no agent {quoted(question.item)}")
        item = snapshot.items[question.item]
        if isinstance(item, Failure):
            return failed_view(item, question.target)
        if question.schema is None:
            workers, parsers = self.looks, self._parsers[False]
            return look_at(item, snapshot.loaded, question.target, workers, parsers)
        loaded, problems = self._with_schema(snapshot.loaded, question.schema)
        view = look_at(item, loaded, question.target, self.trials, self._parsers[True])
        return replace(view, schema_problems=as_data(problems))

    def _with_schema(self, loaded: Loaded, text: str) -> tuple[Loaded, tuple[Diagnostic, ...]]:
        """Put a text in the place of the last schema; if it is none, all stays as it is."""
        files = (*self._files(loaded)[:-1], SchemaFile(Path(), EDITED, text.encode()))
        try:
            schema, warnings = load_schema(files, self._request.values)
        except AgentgenError as error:
            return loaded, error.diagnostics
        problems = tuple(each for each in loaded.problems if each not in loaded.schema_problems)
        return replace(
            loaded,
            project=replace(loaded.project, schema=schema),
            diagnostics=(),
            problems=problems,
            schema_problems=(),
        ), warnings

    def _files(self, loaded: Loaded) -> tuple[SchemaFile, ...]:
        try:
            return find_schema_files(loaded.found, self._request, ShownPath(Path.cwd()))
        except AgentgenError:
            return ()

    def _schema(self, loaded: Loaded) -> dict[str, str | None]:
        files = self._files(loaded)
        if not files:
            return {"name": None, "text": ""}
        try:
            text = read_source(files[-1].path, files[-1].shown).source.text
        except AgentgenError:
            text = ""
        return {"name": files[-1].shown, "text": text}


def _item(name: str, item: Item | Failure) -> dict[str, str]:
    kind = "prompt" if name.startswith("prompts/") else "agent"
    return {
        "id": name,
        "name": item.name if not isinstance(item, Failure) else item.name.stem,
        "kind": kind,
    }


def _nothing(problems: tuple[Diagnostic, ...]) -> dict[str, Any]:
    schema = {"name": None, "text": ""}
    targets = list(TARGETS)
    return {
        "items": [],
        "targets": targets,
        "target": targets[0],
        "schema": schema,
        "problems": as_data(problems),
    }


def _is_partial(failure: Failure) -> bool:
    return failure.name.parts[0] == "partials" or failure.name.name.startswith("_")
