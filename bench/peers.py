"""Other programs for the same work: how each wants its input, and how it is called.

`jinja2-cli` and `jinjanator` render one file a process; `copier` and `cookiecutter` a tree of
templates; `ruler` and `rulesync` have no templates, and copy agents into the clients' formats.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.corpora import Corpus

PYTHON_PEERS = ("cookiecutter", "copier", "jinja2-cli[yaml]", "jinjanator")
NODE_PEERS = ("@intellectronica/ruler", "rulesync@16")  # 17 wants a newer Node

LayOut = Callable[[Corpus, Path], None]
Arguments = Callable[[Path, Path, Path], list[str]]


@dataclass(frozen=True)
class Peer:
    """A program: how it wants a corpus, and its command for a folder of it and an output folder.

    `most` is the largest number of agents for which it is run. `output` is what it writes below the
    input, if it does not write where it is told to; `one_file` says that it is one for all agents.
    """

    name: str
    program: str
    lay_out: LayOut
    arguments: Arguments
    most: int = 2_000
    output: str | None = None
    one_file: bool = False


def install(cache: Path) -> None:
    """Install the peers below a cache folder, where they are not there yet."""
    if not (cache / "python" / "bin" / "copier").exists():
        subprocess.run([sys.executable, "-m", "venv", cache / "python"], check=True)
        pip = [str(cache / "python" / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--disable-pip-version-check", *PYTHON_PEERS], check=True)
    if not (cache / "node" / "node_modules").exists() and shutil.which("npm"):
        npm = ["npm", "install", "--silent", "--no-fund", "--prefix", str(cache / "node")]
        subprocess.run([*npm, *NODE_PEERS], check=True)


def installed(cache: Path) -> tuple[Peer, ...]:
    """Return the peers that are there."""
    return tuple(peer for peer in PEERS if (cache / peer.program).exists())


def _templates(corpus: Corpus, folder: Path, root: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(corpus.agents):
        name, text = corpus.agent(number, root)
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def _plain(corpus: Corpus, folder: Path) -> None:
    _templates(corpus, folder / "agents", "schema")
    data = {"schema": yaml.safe_load(corpus.schema())}
    (folder / "data.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")


def _copier(corpus: Corpus, folder: Path) -> None:
    _templates(corpus, folder / "agents", "schema")
    question = {"type": "yaml", "default": yaml.safe_dump(yaml.safe_load(corpus.schema()))}
    questions = {"_templates_suffix": "", "_exclude": ["copier.yml"], "schema": question}
    (folder / "copier.yml").write_text(yaml.safe_dump(questions), encoding="utf-8")


def _cookiecutter(corpus: Corpus, folder: Path) -> None:
    _templates(corpus, folder / "{{ cookiecutter.folder }}", "cookiecutter.schema")
    context = {"folder": "agents", "schema": yaml.safe_load(corpus.schema())}
    (folder / "cookiecutter.json").write_text(json.dumps(context), encoding="utf-8")


def _ruler(corpus: Corpus, folder: Path) -> None:
    _templates(corpus, folder / ".ruler", "schema")


def _rulesync(corpus: Corpus, folder: Path) -> None:
    agents = folder / ".rulesync" / "subagents"
    _templates(corpus, agents, "schema")
    for path in agents.glob("*.md"):
        text = path.read_text(encoding="utf-8").replace("---\n", '---\ntargets: ["*"]\n', 1)
        path.write_text(text, encoding="utf-8")


def _one_by_one(options: str) -> Arguments:
    loop = f'mkdir -p "$2"; for each in agents/*.md; do "$1" {options} || exit 1; done'

    def arguments(program: Path, _folder: Path, output: Path) -> list[str]:
        return ["/bin/sh", "-c", loop, "sh", str(program), str(output)]

    return arguments


def _at_once(*options: str) -> Arguments:
    def arguments(program: Path, folder: Path, output: Path) -> list[str]:
        return [str(program), *(each.format(folder=folder, output=output) for each in options)]

    return arguments


PEERS = (
    Peer(
        "jinja2-cli, a process a file",
        "python/bin/jinja2",
        _plain,
        _one_by_one('--format=yaml -o "$2/${each##*/}" "$each" data.yaml'),
        most=20,
    ),
    Peer(
        "jinjanator, a process a file",
        "python/bin/jinjanate",
        _plain,
        _one_by_one('--quiet -o "$2/${each##*/}" "$each" data.yaml'),
        most=20,
    ),
    Peer(
        "copier",
        "python/bin/copier",
        _copier,
        _at_once("copy", "--defaults", "--overwrite", "--quiet", "{folder}", "{output}"),
    ),
    Peer(
        "cookiecutter",
        "python/bin/cookiecutter",
        _cookiecutter,
        _at_once("--no-input", "--output-dir", "{output}", "{folder}"),
    ),
    Peer(
        "ruler (no templates)",
        "node/node_modules/.bin/ruler",
        _ruler,
        _at_once("apply", "--agents", "claude", "--no-mcp", "--no-gitignore", "--no-backup"),
        output="CLAUDE.md",
        one_file=True,
    ),
    Peer(
        "rulesync (no templates)",
        "node/node_modules/.bin/rulesync",
        _rulesync,
        _at_once("generate", "--targets", "claudecode", "--features", "subagents"),
        output=".claude",
    ),
)
