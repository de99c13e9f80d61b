"""The static check: what can never be there is found, and what can be there is left alone."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from agentgen.environment.static import StaticCheck
from agentgen.json_schema import Shape, expected, filled
from agentgen.outcome import Problem
from agentgen.schema import json_schema
from agentgen.shapes import TEXT, list_of, mapping_of
from agentgen.templates import find_template
from conftest import ROOT

GOLDEN = ROOT / "tests" / "golden" / "static"
CLEAN = re.compile(r"^## ([^\n]*)\n\n```jinja\n(.*?)```", re.MULTILINE | re.DOTALL)
FLAGGED = re.compile(rf"{CLEAN.pattern}\n\n((?:- [^\n]*\n)+)", CLEAN.flags)
DATA = {
    "project": {"name": "x"},
    "languages": [{"name": "python"}],
    "commands": {"test": "make test", "deploy": "make deploy"},
    "team": {"lead": "Ada"},
}
INCLUDES = {
    "partials/macros.md": "{% macro item(lang) %}{{ lang.name }}{% endmacro %}\n",
    "partials/typo.md": "one\n{{ schema.langauges }}\n",
    "partials/base.md": "{% block body %}{{ schema.project.name }}{% endblock %}\n",
}


def check(text: str) -> list[Problem]:
    shape = Shape(json_schema())
    texts = {"agents/a.md": text, **INCLUDES}
    environment = Environment(autoescape=False)

    def parse(name: str, parent: str) -> tuple[str, nodes.Template] | None:
        full = find_template(name, parent, texts)
        return None if full is None else (full, environment.parse(texts[full]))

    shapes = {
        "schema": expected(shape, filled(DATA, shape)),  # type: ignore[arg-type]
        "agent": mapping_of({"name": TEXT, "description": TEXT, "tools": list_of(TEXT)}),
        "target": TEXT,
    }
    checker = StaticCheck(parse, lenient=False)
    return checker.check(environment.parse(text), "agents/a.md", shapes)


def examples(name: str, pattern: re.Pattern[str]) -> list[pytest.ParameterSet]:
    text = Path(GOLDEN, name).read_text()
    found = [pytest.param(*match.groups()[1:], id=match[1]) for match in pattern.finditer(text)]
    assert len(found) == text.count("\n## ") > 15
    return found


@pytest.mark.parametrize(("template", "expected_lines"), examples("flagged.md", FLAGGED))
def test_flagged(template: str, expected_lines: str) -> None:
    shown = "".join(
        f"- {problem.frames[-1].template}:{problem.frames[-1].line}: {problem.message}"
        f"{f'; {problem.help}' if problem.help else ''}\n"
        for problem in check(template)
    )
    assert shown == expected_lines


@pytest.mark.parametrize("template", examples("clean.md", CLEAN))
def test_clean(template: str) -> None:
    assert check(template) == []
