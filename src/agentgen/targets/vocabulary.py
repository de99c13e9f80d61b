"""Tools: one generic vocabulary, and what each client calls the same things."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from agentgen.frozen import Frozen
from agentgen.patterns import pattern

GENERIC: dict[str, str] = {
    "read": "read files",
    "search": "search for files and text",
    "code_search": "search for code by meaning or symbol",
    "edit_file": "create and change files",
    "terminal": "run commands",
    "fetch": "fetch a web page",
    "githubRepo": "look into other repositories on GitHub",
    "web_search": "search the web",
    "todo": "keep a list of tasks",
    "agent": "hand work to other agents",
    "notebook": "change Jupyter notebooks",
}
"""The names that sources use, with what they are for; `server/tool` and `server/*` are MCP."""

IMPLIED = {"search": "read", "code_search": "read", "edit_file": "read", "notebook": "read"}
"""What comes along: whoever finds or changes a file has to open it."""

ALIASES: dict[str, tuple[str, ...]] = {
    "web": ("fetch", "web_search"),
    **dict.fromkeys(("view", "readfile", "notebookread", "readmanyfiles"), ("read",)),
    **dict.fromkeys(
        ("grep", "glob", "ls", "list", "find", "textsearch", "filesearch"), ("search",)
    ),
    **dict.fromkeys(("grepsearch", "searchfilecontent", "listdirectory"), ("search",)),
    **dict.fromkeys(("codebase", "semanticsearch", "usages"), ("code_search",)),
    **dict.fromkeys(("edit", "write", "create", "multiedit", "applypatch"), ("edit_file",)),
    **dict.fromkeys(("editfiles", "writefile", "replace", "strreplace"), ("edit_file",)),
    **dict.fromkeys(("bash", "shell", "execute", "run", "command", "powershell"), ("terminal",)),
    **dict.fromkeys(("runcommands", "runinterminal", "runshellcommand"), ("terminal",)),
    **dict.fromkeys(("webfetch", "fetchurl", "fetchwebpage"), ("fetch",)),
    **dict.fromkeys(("github", "githubsearch"), ("githubRepo",)),
    **dict.fromkeys(("websearch", "googlewebsearch"), ("web_search",)),
    **dict.fromkeys(("todos", "todowrite", "todolist", "writetodos"), ("todo",)),
    **dict.fromkeys(("task", "subagent", "subagents", "customagent", "runsubagent"), ("agent",)),
    **dict.fromkeys(("notebookedit", "editnotebook", "runnotebooks"), ("notebook",)),
}
"""Other clients' words for the same, in lower case and without signs."""

RENAMED: dict[str, str] = {
    "codebase": "code_search",
    "editFiles": "edit_file",
    "findTestFiles": "search",
    "runCommands": "terminal",
    "runTasks": "terminal",
    "search_file_content": "search",
    "terminalLastCommand": "terminal",
    "textSearch": "search",
    "usages": "code_search",
    "MultiEdit": "edit_file",
    "NotebookRead": "read",
}
"""Names that a client has given up, with the generic names for the same.

VS Code says of its own that they have been renamed (languageModelToolsService.ts), Gemini CLI keeps
its one as an alias (tools/tool-names.ts), and Claude Code 2.1.330 lists none of its two.
"""

EVERYTHING = "*"
SETS: dict[str, tuple[str, ...]] = {
    "search/codebase": ("code_search",),
    "search/usages": ("code_search",),
    "web/fetch": ("fetch",),
    "web/githubRepo": ("githubRepo",),
    **{name: (name,) for name in ("read", "search", "todo", "agent")},
    "edit": ("edit_file",),
    "execute": ("terminal",),
    "web": ("fetch", "web_search"),
}
"""VS Code's tool sets, and some tools in them, which look like MCP names."""

# What follows `mcp__` is looked at as a whole first: sought in one go, a name of many `_` that is
# none takes time that grows with the square of its length.
_MCP = pattern(
    r"mcp__(?=[\w.-]+\Z)(?P<server>.+?)(?:__(?P<tool>.+))?"
    r"|@?(?P<owner>[\w.-]+)/(?P<name>\*|[\w.-]+)"
)
_SIGNS = pattern(r"[^a-z0-9]+")


class Vocabulary(Frozen):
    """What a client calls its tools.

    `names` are its own names for each generic one; a generic one that is absent has no counterpart.
    `others` are further names that it knows. `mcp` and `mcp_server` are patterns for one tool and
    for all tools of an MCP server; None where the client has no such names. `everything` stands for
    all tools, and is None where leaving the list out does.
    """

    __slots__ = ("__dict__",)

    names: Mapping[str, tuple[str, ...]]
    others: frozenset[str] = frozenset()
    mcp: str | None = None
    mcp_server: str | None = None
    everything: str | None = None

    @cached_property
    def own(self) -> frozenset[str]:
        """Every name that is the client's own."""
        return self.others.union(*self.names.values())


class Tools(Frozen):
    """What a list of tools became: the client's names, and the generic ones that they stand for.

    `unknown` are names without a meaning; `without` are generic
    names that the client has no counterpart for. `is_everything` says that no choice was made.
    """

    names: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    is_everything: bool = False


class _Meaning(Frozen):
    """What one name is to a client: its own names, and the generic ones behind them."""

    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    lacks: bool = False


def translate(
    asked: Iterable[str], vocabulary: Vocabulary, additions: Mapping[str, tuple[str, ...]]
) -> Tools:
    """Return a client's names for the tools that are asked for, each once, in the order asked.

    `additions` are the project's own names, each with the generic or native names that it means to
    this client; none is nothing.
    """
    names: dict[str, None] = {}
    kinds: set[str] = set()
    unknown: dict[str, None] = {}
    without: dict[str, None] = {}
    asked = tuple(asked)
    for word in asked:
        if word in additions and not additions[word]:
            without[word] = None
        for name in additions.get(word, (word,)):
            meaning = _meaning(name, vocabulary)
            if meaning is None:
                unknown[word] = None
                continue
            names.update(dict.fromkeys(meaning.names))
            kinds.update(meaning.kinds)
            without.update({word: None} if meaning.lacks else {})
    is_everything = EVERYTHING in asked and vocabulary.everything is None
    return Tools(tuple(names), frozenset(kinds), tuple(unknown), tuple(without), is_everything)


def _meaning(name: str, vocabulary: Vocabulary) -> _Meaning | None:
    if name == EVERYTHING:
        return _Meaning((vocabulary.everything,) if vocabulary.everything else ())
    if name in vocabulary.own and name not in GENERIC:
        return _Meaning((name,), tuple(_with_implied(generic_names(name))))
    kinds = generic_names(name)
    if kinds:
        names = [own for each in _with_implied(kinds) for own in vocabulary.names.get(each, ())]
        lacks = not any(each in vocabulary.names for each in kinds)
        return _Meaning(tuple(names), tuple(_with_implied(kinds)), lacks)
    match = _MCP.fullmatch(name)
    return _mcp(match, vocabulary) if match else None


def _mcp(match: re.Match[str], vocabulary: Vocabulary) -> _Meaning:
    server, tool = match["server"] or match["owner"], match["tool"] or match["name"]
    form = vocabulary.mcp_server if tool in (None, EVERYTHING) else vocabulary.mcp
    if form is None:
        return _Meaning(lacks=True)
    return _Meaning((form.format(server=server, tool=tool),))


def generic_names(name: str) -> tuple[str, ...]:
    """Return the generic names that any client's name stands for; none where it is unknown."""
    if name in GENERIC:
        return (name,)
    tool_set, slash, _ = name.partition("/")
    if slash:
        return SETS.get(name, SETS.get(tool_set, ()))
    plain = _SIGNS.sub("", name.lower())
    return _PLAIN.get(plain) or ALIASES.get(plain, ())


def _with_implied(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield name
        if name in IMPLIED:
            yield IMPLIED[name]


_PLAIN = {_SIGNS.sub("", name.lower()): (name,) for name in GENERIC}
