"""What there is to read about the targets, made from their own tables."""

import inspect
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType

from agentgen.targets.target import Native, Target
from agentgen.targets.vocabulary import EVERYTHING, GENERIC, Vocabulary

_HEAD = """\
# Targets

`agentgen render -t NAME` writes agents as one client loads them; `-t` repeats, and `-t all` means
the `targets` of the settings. Everything lands below the output root under the client's own paths,
so `agentgen render -t claude -t copilot -o .` puts a repository in order.

What every target but `markdown` does:

- `name` becomes a slug where the client wants one; the name as written and the `icon` go where it
  has a place for them.
- `description` is put on one line, and in double quotes.
- `tools` become the client's own, by the table below. `server/tool` and `server/*` are MCP tools. A
  name that means nothing is a warning; a list in which nothing means anything is an error.
- `model` is told to clients that know it. Other keys are kept where the client has a key of that
  name and takes the value; the rest is dropped, with a note in `-v`.
- `targets: {NAME: {key: value}}` in the front matter adds or replaces keys in the client's own
  words, which are checked against the tables below; `null` leaves a key out, and
  `targets: {NAME: false}` the agent.
- Links between agents and prompts lead to where the files land. Links to other files of the project
  hold where the output is written over the project itself (`-o .`).

Clients marked *experimental* cannot be asked offline what they load: for them this page rests on
what their makers write. It is made from the targets' own modules by `make golden`.
"""


def as_markdown(targets: Iterable[Target]) -> str:
    """Return all that there is to read about targets, as `docs/targets.md` holds it."""
    listed = list(targets)
    parts = [_HEAD, *_table(listed), "", "## Tools", "", *_tools(listed)]
    for target in listed:
        parts += ["", *_section(target)]
    return "\n".join(parts) + "\n"


def _table(targets: list[Target]) -> Iterator[str]:
    yield "| target | client | agents | prompts |"
    yield "|---|---|---|---|"
    for target in targets:
        mark = " *(experimental)*" if target.is_experimental else ""
        name = f"[{target.name}](#{target.name})"
        yield f"| {name} | {target.title}{mark} | `{target.example_path}` | `{_prompts(target)}` |"


def _prompts(target: Target) -> str:
    return str(target.prompts.path("NAME", "NAME"))


def _tools(targets: list[Target]) -> Iterator[str]:
    listed = [(each.name, each.native.vocabulary) for each in targets if each.native]
    known = [(name, vocabulary) for name, vocabulary in listed if vocabulary]
    yield f"| generic | for | {' | '.join(name for name, _ in known)} |"
    yield "|---" * (len(known) + 2) + "|"
    for generic, purpose in GENERIC.items():
        cells = [_own(vocabulary, generic) for _, vocabulary in known]
        yield f"| `{generic}` | to {purpose} | {' | '.join(cells)} |"
    cells = [_code(vocabulary.mcp, "server", "tool") for _, vocabulary in known]
    yield f"| `server/tool` | an MCP tool | {' | '.join(cells)} |"
    cells = [_code(vocabulary.mcp_server, "server", EVERYTHING) for _, vocabulary in known]
    yield f"| `server/*` | all of an MCP server | {' | '.join(cells)} |"


def _own(vocabulary: Vocabulary, generic: str) -> str:
    if generic not in vocabulary.names:
        return "–"
    return ", ".join(f"`{name}`" for name in vocabulary.names[generic]) or "always there"


def _code(form: str | None, server: str, tool: str) -> str:
    return "–" if form is None else f"`{form.format(server=server, tool=tool)}`"


def _section(target: Target) -> Iterator[str]:
    yield f"## {target.name}"
    yield ""
    yield inspect.cleandoc(_module(target).__doc__ or "")
    if target.native is not None:
        yield ""
        yield from _keys(target.native)


def _module(target: Target) -> ModuleType:
    return sys.modules[f"{__package__}.{target.name}"]


def _keys(native: Native) -> Iterator[str]:
    yield "| key | holds |"
    yield "|---|---|"
    for key, kind in native.known.items():
        mark = " (required)" if key in native.required else ""
        yield f"| `{key}`{mark} | {kind['description'].replace('|', chr(92) + '|')} |"
    if native.prompts_known:
        yield ""
        yield f"Prompts can have {', '.join(f'`{key}`' for key in native.prompts_known)}."
