"""The parts of the documents that are made from the code: `python docs/pages.py` writes them.

A made part stands between `<!-- made: KIND NAME -->` and `<!-- made until here -->`; what is around
it is written by hand and left alone. The page of a new verb is begun by itself. `docs/rules.md` and
`docs/targets.md` are made as a whole. A test compares all of them.
"""

import ast
import inspect
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from click.testing import CliRunner

import agentgen
from agentgen import rules, targets
from agentgen.cli import VERBS, cli
from agentgen.targets import page as targets_page

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PACKAGE = ROOT / "src" / "agentgen"
MADE = re.compile(r"(<!-- made: (\w+) ?(\w*) -->\n).*?(<!-- made until here -->)", re.DOTALL)
SIGNATURE = re.compile(r"def (.+?):\n    \"\"\"", re.DOTALL)
LATE_RESULT = re.compile(r'-> "([^"]+)"')
WIDTH = 80


def pages() -> dict[Path, str]:
    """Return every page that is made, whole or in part, with the text that it should have."""
    whole = {
        DOCS / "rules.md": rules.as_markdown(),
        DOCS / "targets.md": targets_page.as_markdown(targets.TARGETS.values()),
    }
    begun = {page_of(verb): first_text(verb) for verb in VERBS}
    paths = {README, *DOCS.rglob("*.md")} - whole.keys()
    written = {path: path.read_text() for path in sorted(paths)}
    in_part = {path: text for path, text in (begun | written).items() if MADE.search(text)}
    return whole | {path: with_made_parts(text) for path, text in in_part.items()}


def page_of(verb: str) -> Path:
    """Return the path of a verb's page."""
    return DOCS / "verbs" / f"{verb}.md"


def first_text(verb: str) -> str:
    """Return what the page of a verb begins as."""
    return f"# agentgen {verb}\n\n<!-- made: help {verb} -->\n<!-- made until here -->\n"


def with_made_parts(text: str) -> str:
    """Return the text of a page with its made parts as they should be."""
    return MADE.sub(lambda part: f"{part[1]}\n{KINDS[part[2]](part[3])}\n{part[4]}", text)


def verb_help(verb: str) -> str:
    """Return what `agentgen VERB --help` prints; without a verb, what `agentgen --help` prints."""
    arguments = [verb, "--help"] if verb else ["--help"]
    shown = CliRunner().invoke(cli, arguments, prog_name="agentgen", terminal_width=WIDTH)
    command = " ".join(["agentgen", *arguments])
    return f"```text\n$ {command}\n{shown.output.rstrip()}\n```\n"


def verb_list(_: str) -> str:
    """Return a table of the verbs, each with the first sentence of its help."""
    context = click.Context(cli)
    rows = []
    for verb in VERBS:
        command = cli.get_command(context, verb)
        first = inspect.cleandoc((command and command.help) or "").partition("\n\n")[0]
        rows.append(f"| [`{verb}`](docs/verbs/{verb}.md) | {' '.join(first.split())} |")
    return "\n".join(["| verb | does |", "|---|---|", *rows, ""])


def module_list(_: str) -> str:
    """Return the modules in their layers, the top one first, each with its first line."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    names = [name for layer in layers for name in sorted(layer.split(" | "))]
    rows = [row for name in ["__init__", *names] for row in module_rows(name)]
    return "\n".join(["| module | is about |", "|---|---|", *rows, ""])


def module_rows(name: str) -> Iterator[str]:
    """Yield the row of a module; of a package also those of its modules, but for the rules."""
    folder = PACKAGE / name
    if not folder.is_dir():
        yield module_row(name, PACKAGE / f"{name}.py")
        return
    yield module_row(f"{name}/", folder / "__init__.py")
    if name != "rules":
        for path in sorted(folder.glob("[!_]*.py")):
            yield module_row(f"{name}/{path.stem}", path)


def module_row(name: str, path: Path) -> str:
    """Return the row of one module."""
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    first_line = docstring.partition("\n")[0].replace("|", "\\|")
    return f"| `{name}` | {first_line} |"


def function_list(_: str) -> str:
    """Return the public functions with their signatures and docstrings."""
    parts = []
    for name in ("load", "render", "write"):
        function = getattr(agentgen, name)
        parts.append(f"### agentgen.{name}\n\n```text\n{signature(function)}\n```\n")
        parts.append(f"{inspect.getdoc(function)}\n")
    return "\n".join(parts)


def signature(function: Callable[..., object]) -> str:
    """Return how a function is called, as its source has it."""
    found = SIGNATURE.match(inspect.getsource(function))
    if found is None:
        raise LookupError(function)
    return LATE_RESULT.sub(r"-> \1", found[1])


def class_list(_: str) -> str:
    """Return the other public names, each with the first line of its docstring."""
    rows = []
    for name in sorted(set(agentgen.__all__) - {"load", "render", "write", "__version__"}):
        summary = (inspect.getdoc(getattr(agentgen, name)) or "").partition("\n\n")[0]
        rows.append(f"| `agentgen.{name}` | {' '.join(summary.split())} |")
    return "\n".join(["| name | is |", "|---|---|", *rows, ""])


KINDS = {
    "help": verb_help,
    "verbs": verb_list,
    "modules": module_list,
    "functions": function_list,
    "classes": class_list,
}


def main() -> None:
    """Write every page that is not as it should be."""
    for path, text in pages().items():
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
