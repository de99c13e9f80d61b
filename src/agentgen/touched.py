"""Renders only what changed texts reach, where a note tells that nothing else is different.

A whole run loads every file to know names, links and clashes. Where the note of the last run still
holds but for the bodies of some texts, all of that is as it was: their artifacts, and those of the
sources that include them, are all that can be other than they are. Whatever shows that more is
touched, as any diagnostic does, leaves the work to a whole run, which then says so.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agentgen.delivery import Delivery, Wanted, rendered
from agentgen.diagnostics import AgentgenError
from agentgen.frozen import replace
from agentgen.last_run import Seen
from agentgen.last_run.note import AGENT, FIELDS, FOLDER, OUTPUT, TEXT
from agentgen.loader import Loaded, load_some
from agentgen.paths import name_of
from agentgen.templates import find_template
from agentgen.workers import Workers

if TYPE_CHECKING:
    from agentgen.noting import Record
    from agentgen.report.changes import Report

MOST_AGAIN = 0.25
"""Of all sources; where more are to be rendered, a whole run takes hardly longer."""


def run(seen: Seen, wanted: Wanted, workers: Workers) -> "tuple[Report, ...] | None":
    """Do what is wanted, if a part of the work is enough for it; None where it is not.

    Raises `AgentgenError` where the disk refuses what was rendered.
    """
    note = _Note(seen)
    if len(note.again) > MOST_AGAIN * len(note.sources):
        return None
    try:
        loaded = load_some(wanted.request, note.needed, note.again)
        if loaded.problems:
            return None
        delivery = rendered(loaded, wanted, workers)
    except AgentgenError:
        return None
    from agentgen.arrival import deliver  # this has loaded while templates were rendered
    from agentgen.noting import goes_without_saying

    is_known = note.has_heads(loaded) and note.holds_all_of(delivery)
    if not is_known or not goes_without_saying(delivery.diagnostics):
        return None
    workers.dismiss()
    report = deliver(delivery, force=False)
    note.take_over(delivery, report)
    untouched = len(note.outputs) - len(report.changes)
    return (replace(report, is_all_disabled=False, untouched=untouched),)


class _Note:
    """The note of the last run, read for the project: which path is what, and where it stands."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        fields, first = seen.fields, seen.first
        self.places: dict[bytes, int] = {}
        for at in range(first, len(fields), FIELDS):
            self.places.setdefault(fields[at + 1], at)
        letters = {name: fields[at + FIELDS - 1][:1] for name, at in self.places.items()}
        self.outputs = [name for name, letter in letters.items() if letter == OUTPUT]
        self.sources = {name for name, letter in letters.items() if letter in (AGENT, TEXT)}
        self.changed = {self.name(at) for at in seen.changed}
        self.again = {_path(self.name(at)) for name in self.changed for at in self.made_with(name)}
        texts = (name for name, letter in letters.items() if letter == TEXT)
        self.needed = {*self.again, *map(_path, self.changed), *map(_path, texts)}

    def name(self, at: int) -> bytes:
        return self.seen.fields[at + 1]

    def part(self, name: bytes) -> list[bytes]:
        return self.seen.fields[self.places[name] + FIELDS - 1].split()

    def made_with(self, name: bytes) -> Iterator[int]:
        """Yield the places of the sources to render when the body of this one has changed."""
        for number in self.part(name)[2:]:
            yield self.seen.first + FIELDS * int(number)

    def has_heads(self, loaded: Loaded) -> bool:
        """Say whether what stands above the bodies of all changed texts is as it was."""
        from agentgen.noting import digest_of_head

        documents = {name_of(each.path): each for each in loaded.project.documents.values()}
        return all(
            name in documents and self.part(name)[1] == digest_of_head(documents[name])
            for name in self.changed
        )

    def holds_all_of(self, delivery: Delivery) -> bool:
        """Say whether links and includes led to nothing but what is loaded, and outputs are known.

        What was rendered may also be too much together with what was not.
        """
        from agentgen.making import MOST_RENDERED

        loaded = delivery.loaded
        loaded_names = {name_of(path) for path in self.needed}
        unloaded = self.sources - loaded_names
        if any(name_of(path) in unloaded for path in delivery.probed):
            return False
        if delivery.sought and not self.finds_the_same(delivery, unloaded):
            return False
        root = delivery.root
        known = set(self.outputs)
        sizes = (int(self.seen.fields[self.places[name] + 2].split()[2]) for name in self.outputs)
        total = sum(sizes) + sum(len(each.text) for each in delivery.artifacts)
        is_known = all(name_of(root / each.path) in known for each in delivery.artifacts)
        return is_known and total <= MOST_RENDERED and not loaded.project.failures

    def finds_the_same(self, delivery: Delivery, unloaded: Iterable[bytes]) -> bool:
        """Say whether includes led where they lead among all templates."""
        above = os.fsencode(delivery.loaded.folders[0]) + os.fsencode(os.sep)
        names = {
            "agents/" + os.fsdecode(name.removeprefix(above)).replace(os.sep, "/")
            for name in unloaded
        }
        names.update(delivery.loaded.project.documents)
        return all(
            find_template(name, parent, names) == full
            for (name, parent), full in delivery.sought.items()
        )

    def take_over(self, delivery: Delivery, report: "Report") -> None:
        """Let the note say what is there now; without a word where that cannot be told."""
        from agentgen.last_run.digests import settle, write
        from agentgen.noting import Unsure, left, probed, was_there

        try:
            for name in self.changed:
                at = self.places[name]
                self.put(was_there(_path(name), part=self.seen.fields[at + FIELDS - 1]))
            for at in self.seen.stirred:
                names = self.seen.fields[at + FIELDS - 1]
                self.put(was_there(_path(self.name(at)), FOLDER, names))
            for record in left(delivery.root, report.changes):
                self.put(record)
            for path, was in delivery.probed.items():
                if name_of(path) not in self.places:
                    self.put(probed(path, was_there=was))
        except (Unsure, OSError, ValueError):
            return
        self.put_parts(delivery)
        settle(self.seen.fields, self.seen.first)
        write(self.seen.path, self.seen.fields)

    def put(self, record: "Record") -> None:
        """Replace what the note says of a path, or add it."""
        fields = self.seen.fields
        at = self.places.setdefault(record[1], len(fields))
        fields[at : at + FIELDS] = record

    def put_parts(self, delivery: Delivery) -> None:
        """Let the note say which texts those that were rendered again are made with now."""
        from agentgen.noting import part_of, reached_from

        documents = delivery.loaded.project.documents
        again = [name for name, each in documents.items() if each.path in self.again]
        made_with = reached_from(again, delivery.sought)
        number = {
            name: (self.places[name_of(each.path)] - self.seen.first) // FIELDS
            for name, each in documents.items()
        }
        gone = {number[name] for name in again}
        for name, document in documents.items():
            letter, *rest = self.part(name_of(document.path))
            if rest:
                kept = {int(each) for each in rest[1:]} - gone
                now = kept.union(number[each] for each in made_with.get(name, ()))
                at = self.places[name_of(document.path)] + FIELDS - 1
                self.seen.fields[at] = part_of(letter, document, now)


def _path(name: bytes) -> Path:
    return Path(os.fsdecode(name))
