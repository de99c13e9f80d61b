"""Any project at all: the command line ends, says why, and stays in its folder.

`make test` tries a few projects, `make fuzz` many.
"""

import tempfile
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import FUZZING, run_agentgen

EXAMPLES = 1500 if FUZZING else 12
LONGEST = 20.0
"""Seconds; the limits of one run, with room for a busy machine."""

FRAGMENTS = [
    "---\n",
    "name: a\n",
    "name: [\n",
    "description: d: e\n",
    'description: "{{ schema.project.name }}"\n',
    "tools: a, b\n",
    "tools: {a: b}\n",
    "*x: &y !!z\n",
    "<<: 1\n",
    "x: |\n  y\n",
    "{{ schema.project.name }}",
    "{{ schema.nope.nope }}",
    "{{ agent.name }}\n",
    "{{ 9 ** (9 ** 9) }}",
    "{{ 'a' * 10 ** 10 }}",
    "{% for i in range(100000) %}{{ i }}{% endfor %}",
    "{% for i in schema.languages %}\n- {{ i.name }}\n{% endfor %}\n",
    "{% include '_p.md' %}\n",
    "{% include 'agents/a.md' %}\n",
    "{% extends '_p.md' %}",
    "{% block b %}x{% endblock %}",
    "{% macro m(a) %}{{ m(a) }}{% endmacro %}{{ m(1) }}",
    "{% raw %}{{ x }}{% endraw %}\n",
    "{# c #}\n",
    "{%- if x -%}\n",
    "{% endif %}\n",
    "{{ '\\ud800\\u202e\\x1b[2J' }}",
    "[a](../prompts/p.md) ![b](x.md) [c]: _p.md\n",
    "[" * 50 + "\n",
    "`" * 7 + "[a](b.md)",
    "project: {name: x}\n",
    "languages: [{name: go}, {}]\n",
    "languages: go\n",
    "agents: [{role: a, enabled: false}]\n",
    'output = "out"\n',
    "undefined = 3\n",
    "[limits]\ntime = 0.2\n",
    "text\n",
    "\r\n",
    "\t \n",
    "🚀\ufeff\u200d\u2028",
]
BYTES = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=8).map(lambda parts: "".join(parts).encode()),
    st.lists(st.sampled_from(FRAGMENTS), max_size=4).map(
        lambda parts: ("---\nname: a\ndescription: d\n---\n" + "".join(parts)).encode()
    ),
    st.binary(max_size=60),
)
NAMES = st.sampled_from(
    [
        "agents/a.md",
        "agents/b.md",
        "agents/A.md",
        "agents/_p.md",
        "agents/deep/c.md",
        "agents/::error::d.md",
        "agents/con.md",
        "prompts/p.md",
        "prompts/_p.md",
        "partials/_p.md",
        "schemas/project.yaml",
        "schemas/other.yaml",
        "agentgen.toml",
        "pyproject.toml",
        "build/agents/a.md",
        "build/agents",
    ]
)
COMMANDS = st.sampled_from(
    [
        ["render"],
        ["render", "a"],
        ["render", "agents/deep", "-o", "x/y"],
        ["render", "*", "--set", "project.name=x", "--undefined", "strict"],
        ["render", "--whitespace", "jinja", "-v"],
        ["render", "-o", "."],
        ["preview", "a"],
        ["lint"],
        ["lint", "--format", "json", "--select", "undefined-variable"],
        ["list"],
        ["list", "--json"],
    ]
)


def fill(root: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = root / "project" / name
        if any(parent.is_file() for parent in path.parents) or path.is_dir():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def read(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


@settings(max_examples=EXAMPLES, deadline=None)
@given(files=st.dictionaries(NAMES, BYTES, min_size=1, max_size=7), command=COMMANDS)
def test_any_project_ends_well(files: dict[str, bytes], command: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "project").mkdir()
        fill(root, files)
        before = read(root)
        start = time.monotonic()
        run = (
            run_agentgen(*command, "--limit", "time=0.3", cwd=root / "project")
            if (command[0] != "list")
            else run_agentgen(*command, cwd=root / "project")
        )
        assert time.monotonic() - start < LONGEST
        assert run.code in ((0, 1, 2) if command[0] == "lint" else (0, 2)), run.stderr
        assert "Traceback" not in run.stderr
        assert "\x1b" not in run.stderr
        assert not [line for line in run.stderr.splitlines() if line.startswith("::")]
        after = read(root)
        new = {name for name in after if before.get(name) != after[name]}
        assert {name.split("/")[1] for name in new} <= {"build", "out", "x", "agents", "prompts"}
        assert not [name for name in new if name in before and "/build/" not in name]
        assert not [name for name in after if name.endswith(".tmp")]
        assert run.code == 0 or not new
        if command[0] != "render":
            assert not new
