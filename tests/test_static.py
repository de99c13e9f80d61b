"""The static check: what can never be there is found, and what can be there is left alone."""

import os
import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from agentgen.environment.findings import MOST_USES
from agentgen.environment.static import StaticCheck, Walked
from agentgen.json_schema import Shape, expected, filled
from agentgen.outcome import Use, Uses
from agentgen.schema import json_schema
from agentgen.shapes import TEXT, dotted, list_of, mapping_of
from agentgen.templates import find_template
from conftest import ROOT

GOLDEN = ROOT / "tests" / "golden" / "static"
CLEAN = re.compile(r"^## ([^\n]*)\n\n```jinja\n(.*?)```", re.MULTILINE | re.DOTALL)
USED = re.compile(rf"{CLEAN.pattern}\n((?:\n(?:- [^\n]*\n)+)?)", CLEAN.flags)
FLAGGED = re.compile(rf"{CLEAN.pattern}\n\n((?:- [^\n]*\n)+)", CLEAN.flags)
DATA = {
    "project": {"name": "x"},
    "languages": [{"name": "python"}],
    "commands": {"test": "make test", "deploy": "make deploy"},
    "team": {"lead": "Ada"},
}
UPDATE = os.environ.get("AGENTGEN_UPDATE_GOLDEN") == "1"
INCLUDES = {
    "partials/tree.md": "{{ node.name }}{% set node = node.child %}{% if node %}"
    "{% include 'tree.md' %}{% endif %}\n",
    "partials/_lang.md": "- {{ lang.version }}\n",
    "partials/macros.md": "{% macro item(lang) %}{{ lang.name }}{% endmacro %}\n",
    "partials/typo.md": "one\n{{ schema.langauges }}\n",
    "partials/listing.md": "{% for lang in schema.languages %}{% block item scoped %}"
    "{{ lang.name }}{% endblock %}{% endfor %}\n",
    "partials/defaults.md": "{% set conf = {'level': 1} %}{% macro greet() %}hello{% endmacro %}"
    "{% macro about() %}{{ schema.project.name }}{% endmacro %}\n",
    "partials/base.md": "{% block body %}{{ schema.project.name }}{% endblock %}\n",
}


def walk(text: str, *, with_uses: bool = True) -> Walked:
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
    checker = StaticCheck(parse, lenient=False, with_uses=with_uses)
    return checker.walk(environment.parse(text), "agents/a.md", shapes)


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
        for problem in walk(template).problems
    )
    assert shown == expected_lines
    assert walk(template, with_uses=False).problems == walk(template).problems


@pytest.mark.parametrize("template", examples("clean.md", CLEAN))
def test_clean(template: str) -> None:
    assert walk(template).problems == ()
    assert walk(template, with_uses=False).problems == ()


def shown_use(use: Use) -> str:
    frame = use.frames[-1]
    default = f", default {use.default}" if use.default else ""
    return (
        f"- {dotted(use.path)}{'*' if use.whole else ''}: {use.how}, "
        f"{frame.template}:{frame.line} {use.word}{default}\n"
    )


def shown_uses(uses: Uses) -> str:
    inclusions = "".join(
        f"- {each.tag} {each.name or '…'}, {each.frames[-1].template}:{each.frames[-1].line}\n"
        for each in uses.inclusions
    )
    return "".join(map(shown_use, uses.reads)) + inclusions


@pytest.mark.parametrize(("template", "expected_lines"), examples("uses.md", USED))
def test_uses(template: str, expected_lines: str) -> None:
    walked = walk(template)
    assert walked.uses.is_complete
    shown = shown_uses(walked.uses)
    if UPDATE:
        path = GOLDEN / "uses.md"
        before = f"```jinja\n{template}```\n"
        text = path.read_text()
        path.write_text(
            text.replace(before + expected_lines, f"{before}\n{shown}" if shown else before)
        )
        return
    assert expected_lines == (f"\n{shown}" if shown else "")


def test_a_walk_that_would_never_end_is_cut() -> None:
    macros = "".join(
        f"{{% macro m{n}() %}}{{{{ m{n + 1}() }}}}{{{{ m{n + 1}() }}}}{{% endmacro %}}\n"
        for n in reversed(range(25))
    )
    walked = walk(
        f"{{{{ schema.zzz }}}}{{% macro m25() %}}x{{% endmacro %}}\n{macros}{{{{ m0() }}}}"
    )
    assert not walked.uses.is_complete
    assert [problem.word for problem in walked.problems] == [".zzz"]


def test_more_uses_than_anyone_needs_are_cut() -> None:
    walked = walk("".join(f"{{{{ schema.team.k{n} }}}}" for n in range(MOST_USES + 10)))
    assert not walked.uses.is_complete
    assert len(walked.uses.reads) == MOST_USES + 1


def test_values_from_everywhere_are_from_anywhere() -> None:
    keys = ", ".join(f"schema.team.k{n}" for n in range(200))
    reads = walk(f"{{% for x in [{keys}] %}}{{{{ x.y }}}}{{% endfor %}}").uses.reads
    assert (("schema",), True) in [(use.path, use.whole) for use in reads]
