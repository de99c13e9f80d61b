"""The shape of the code: which way imports point, who owns a library, and what a start costs."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT

SOURCES = ROOT / "src" / "agentgen"
MODULES = sorted(SOURCES.rglob("*.py"))
OWNERS = {
    "click": {"cli", "__main__"},
    "jinja2": {"environment"},
    "yaml": {"source"},
    "frontmatter": {"source"},
    "jsonschema_rs": {"schema"},
    "markdown_it": {"links", "markup"},
    "packaging": {"detection"},
    "ftfy": {"rules"},
    "rich": {"preview"},
    "starlette": {"preview"},
    "uvicorn": {"preview"},
    "watchfiles": {"watch"},
    "tomli_w": {"targets"},
}
DRAWERS = {"util", "utils", "helper", "helpers", "common", "base", "misc", "manager", "handler"}


def test_imports_point_down() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def third_party_imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    later = {"annotationlib"}  # the standard library's from Python 3.14 on
    return names - set(sys.stdlib_module_names) - later - {"agentgen"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCES).as_posix())
def test_each_library_has_its_owner(path: Path) -> None:
    home = path.relative_to(SOURCES).with_suffix("").parts[0]
    for library in third_party_imports(path):
        assert home in OWNERS[library]


def test_every_owner_is_needed() -> None:
    imported = set().union(*(third_party_imports(path) for path in MODULES))
    assert imported == set(OWNERS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCES).as_posix())
def test_values_are_not_dataclasses_whose_definition_costs_half_a_millisecond(path: Path) -> None:
    imports = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom | ast.Import)
    ]
    from_there = {getattr(node, "module", None) or node.names[0].name for node in imports}
    assert path.name == "frozen.py" or "dataclasses" not in from_there


def test_no_module_is_a_drawer() -> None:
    assert not {path.stem for path in MODULES} & DRAWERS


def loaded_by(*arguments: str) -> set[str]:
    """Return the top-level modules that a run of the command line has imported when it ends."""
    code = (
        "import sys\n"
        f"sys.argv = ['agentgen', *{arguments!r}]\n"
        "try:\n    from agentgen.__main__ import main; main()\n"
        "except SystemExit: pass\n"
        "print('\\nloaded:', *{name.partition('.')[0] for name in sys.modules})\n"
    )
    # What measures coverage imports more than what it measures.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return set(run.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize("arguments", [("--version",), ("-h",), ("rendr",)])
def test_a_start_imports_no_engine(arguments: tuple[str, ...]) -> None:
    heavy = {
        "yaml",
        "frontmatter",
        "jsonschema_rs",
        "markdown_it",
        "importlib_metadata",
        "packaging",
    }
    loaded = loaded_by(*arguments)
    assert "click" in loaded
    assert not loaded & heavy


@pytest.mark.parametrize(
    "arguments", [("-h",), ("lint",), ("preview", "-h"), ("preview", "debugger")]
)
def test_what_draws_serves_and_watches_is_not_loaded_for_others(arguments: tuple[str, ...]) -> None:
    loaded = loaded_by(*arguments)
    assert not loaded & {"rich", "pygments", "starlette", "uvicorn", "watchfiles", "asyncio"}


def test_listing_renders_nothing() -> None:
    assert not loaded_by("list") & {"jinja2", "markdown_it"}


GLOB = {"glob"} if sys.version_info < (3, 13) else set()
"""What later Pythons import for `pathlib`."""


def test_a_project_that_is_fine_needs_no_engine_and_no_validator_here(tmp_path: Path) -> None:
    loaded = loaded_by("render", "-o", str(tmp_path))
    assert "yaml" in loaded
    unneeded = {"jinja2", "markdown_it", "jsonschema_rs", "secrets", "dataclasses"}
    assert not loaded & (unneeded | GLOB)


def test_one_agent_is_rendered_without_what_many_need(write_tree: Callable[..., Path]) -> None:
    root = write_tree(
        {
            "agents/a.md": "---\nname: a\ndescription: b\n---\n\n{{ schema.project.name }}\n",
            "schemas/project.yaml": "project:\n  name: c\n",
        }
    )
    loaded = loaded_by("render", "-C", str(root))
    assert (root / "build/agents/a.md").read_text().endswith("\nc\n")
    assert not loaded & ({"subprocess", "concurrent", "tomllib", "tempfile"} | GLOB)
