"""A key in the project schema that no agent, no prompt and no partial reads.

Somebody keeps it up to date, and it changes nothing. A key counts as read where a template names
it, in whatever branch or macro; where a template goes through a mapping, prints it, or looks a
computed key up in it, everything in it counts. So do keys that the project schema must have, and
those that agentgen itself reads: the `role` and `enabled` of `agents`.

This rule is off by default: keys can be there for others, or for agents that are yet to come.
`--extend-select unused-schema-key`, or `extend-select` in `[lint]`, turns it on.

Fails:

    $ cat schemas/project.yaml
    project:
      name: tidecast
      codename: heron
    $ cat agents/reviewer.md
    You review changes to {{ schema.project.name }}.
    $ agentgen lint --extend-select unused-schema-key
    schemas/project.yaml:3:3: warning[unused-schema-key]: no template reads `schema.project.codename`
      help: remove it, or let an agent read it

Passes:

    $ cat schemas/project.yaml
    project:
      name: tidecast
      codename: heron
    $ cat agents/reviewer.md
    You review changes to {{ schema.project.name }}, which is {{ schema.project.codename }} to us.
    $ agentgen lint --extend-select unused-schema-key
"""

from collections.abc import Iterator

from agentgen.checked import Checked
from agentgen.diagnostics import Diagnostic, Severity, quoted
from agentgen.json_schema import Shape
from agentgen.model import Agent
from agentgen.outcome import Path
from agentgen.schema import json_schema
from agentgen.shapes import ITEM, dotted
from agentgen.source import Entry, Mapping, Node, Scalar, Sequence
from agentgen.source.nodes import location
from agentgen.usage import Used

SEVERITY = Severity.WARNING

Found = tuple[str, Scalar]
"""What to say about a key, and the key."""

_OF_AGENTGEN = frozenset({"role", "enabled"})
_AGENTS = ("schema", "agents")


def check(checked: Checked) -> Iterator[Diagnostic]:
    """Yield a warning for each key that is read nowhere, once, where it stands first."""
    tree = checked.project.schema.tree
    if tree is None or not checked.uses or not all(used.is_complete for used in checked.uses):
        return
    files = set(checked.project.schema.paths)
    reported: set[str] = set()
    for message, key in _unread(checked.uses, tree):
        if key.source.path in files and message not in reported:
            reported.add(message)
            help = "remove it, or let an agent read it"
            place = location(key)
            yield Diagnostic("unused-schema-key", message, place, Severity.WARNING, help=help)


class _Reads:
    """The paths that templates read."""

    def __init__(self, uses: tuple[Used, ...]) -> None:
        reads = [use for used in uses for use in used.uses.reads]
        self._whole = {use.path for use in reads if use.whole}
        self._any = {use.path[:end] for use in reads for end in range(1, len(use.path) + 1)}
        self._below = {use.path[:end] for use in reads for end in range(1, len(use.path))}

    def has(self, path: Path) -> bool:
        """Say whether a value, or anything below it, is read."""
        return path in self._any

    def is_whole(self, path: Path) -> bool:
        """Say whether all below a value that is read counts as read.

        It does as well where the value is only tested or counted, and nothing below it is read.
        """
        return path in self._whole or path not in self._below


def _unread(uses: tuple[Used, ...], tree: Mapping) -> Iterator[Found]:
    reads = _Reads(uses)
    if reads.has(("schema",)) and reads.is_whole(("schema",)):
        return
    shape = Shape(json_schema())
    for name, entry in tree.entries.items():
        if name == "agents":
            yield from _unread_of_agents(uses, reads, entry.node)
        else:
            yield from _unread_entry(reads, ("schema", name), entry, shape.child(name))


def _unread_entry(reads: _Reads, path: Path, entry: Entry, shape: Shape) -> Iterator[Found]:
    if not reads.has(path):
        yield f"no template reads {quoted(dotted(path))}", entry.key
    else:
        yield from _unread_below(reads, path, entry.node, shape)


def _unread_below(reads: _Reads, path: Path, node: Node, shape: Shape) -> Iterator[Found]:
    if reads.is_whole(path):
        return
    if isinstance(node, Mapping):
        for name, entry in node.entries.items():
            if name not in shape.required:
                yield from _unread_entry(reads, (*path, name), entry, shape.child(name))
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _unread_below(reads, (*path, ITEM), item, shape.child(0))


def _unread_of_agents(uses: tuple[Used, ...], reads: _Reads, node: Node) -> Iterator[Found]:
    """Yield what an entry says of an agent and its template does not read through `agent`."""
    by_name = {used.item.name: used for used in uses if isinstance(used.item, Agent)}
    entries = node.items if isinstance(node, Sequence) else ()
    direct = (*_AGENTS, ITEM)
    if reads.has(direct) and reads.is_whole(direct):
        return
    for each in entries:
        role = each.entries.get("role") if isinstance(each, Mapping) else None
        used = by_name.get(role.node.text) if role and isinstance(role.node, Scalar) else None
        if used is None or not isinstance(each, Mapping):
            continue  # `unknown-role` is about that
        own = _Reads((used,))
        if own.has(("agent",)) and own.is_whole(("agent",)):
            continue
        for name, entry in each.entries.items():
            is_read = own.has(("agent", name)) or reads.has((*direct, name))
            if name not in _OF_AGENTGEN and not is_read:
                who = quoted(used.item.name)
                yield f"the template of {who} does not read {quoted(f'agent.{name}')}", entry.key
