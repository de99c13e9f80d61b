"""The whitespace pass: what each template looks like, and that line numbers stay true."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentgen.environment.failure import TemplateFailure
from agentgen.model import Data
from agentgen.modes import Whitespace
from conftest import ROOT, render_text

GOLDEN = ROOT / "tests" / "golden" / "tidy"
CASES = sorted(GOLDEN.glob("*.md"))
EXAMPLE = re.compile(
    r"^## ([^\n]*)\n\n```jinja\n(.*?)```\n\n```\n(.*?)```$", re.MULTILINE | re.DOTALL
)
CONTEXT: dict[str, Data] = {"yes": True, "no": False, "two": ["a", "b"], "empty": [], "word": "w"}
PARTIALS = {"partials/lines.md": "l1\nl2\n", "partials/word.md": "word", "partials/empty.md": ""}


def render(text: str, whitespace: Whitespace = Whitespace.TIDY) -> str:
    return render_text(text, CONTEXT, PARTIALS, whitespace)


def test_cases_are_found() -> None:
    assert len(CASES) > 10


def parts(case: Path) -> list[tuple[str, str, str]]:
    """Return (title, template, expected) of every example in a file."""
    text = case.read_text()
    blocks = EXAMPLE.findall(text)
    assert blocks, f"{case} has no examples"
    assert len(blocks) == text.count("\n## ")
    return [(title, template, expected) for title, template, expected in blocks]


EXAMPLES = [
    pytest.param(template, expected, id=f"{case.stem}: {title}")
    for case in CASES
    for title, template, expected in parts(case)
]


@pytest.mark.parametrize(("template", "expected"), EXAMPLES)
def test_example(template: str, expected: str) -> None:
    assert render(template) == expected


@pytest.mark.parametrize("template", ["{% raw %}", "text {% raw %}", "{% raw %}\n"])
def test_a_raw_block_without_an_end_is_reported(template: str) -> None:
    with pytest.raises(TemplateFailure) as caught:
        render(template)
    assert caught.value.problem.rule == "invalid-template"
    assert "raw" in caught.value.problem.message


LINES = st.sampled_from(
    [
        "text",
        "  text {{ word }}",
        "",
        "{% if yes %}",
        "  {% if yes %}  ",
        "{%- if yes %}",
        "{% if yes -%}",
        "{% if yes +%}",
        "{% for x in two %}",
        "{# one #}",
        "{# one\n two #}",
        "a {# one\n two #} b",
        "{% if yes\n   and yes %}",
        "{% set x = 1 %}",
        "{% raw %}",
        "{% set y %}caught{% endset %}",
        "{% include 'lines.md' %}",
        "in {% include 'word.md' %} line {% if no %}x{% endif %}",
    ]
)


def closed(lines: list[str]) -> list[str]:
    """Return the lines with every block that they open closed, innermost first."""
    ends: list[str] = []
    out = []
    raw = False
    for line in lines:
        if raw:
            out += ["literal {{ }}", "{% endraw %}"]
            raw = False
        out.append(line)
        raw = "raw" in line
        ends += ["{% endif %}"] if "if yes" in line else []
        ends += ["{% endfor %}"] if "for x" in line else []
    return [*out, *(["{% endraw %}"] if raw else []), *reversed(ends)]


@given(st.lists(LINES, max_size=8), st.sampled_from(list(Whitespace)))
def test_a_failing_line_keeps_its_number(lines: list[str], whitespace: Whitespace) -> None:
    text = "\n".join(["first", *lines[:0], "{{ boom }}", *closed(lines)])
    above = "\n".join(closed(lines))
    for template in (text, f"{above}\n{{{{ boom }}}}\n"):
        line = template[: template.index("{{ boom }}")].count("\n") + 1
        with pytest.raises(TemplateFailure) as caught:
            render(template, whitespace)
        assert caught.value.problem.frames[-1].line == line


@given(st.lists(LINES, max_size=8), st.sampled_from(list(Whitespace)))
def test_a_line_of_bad_syntax_keeps_its_number(lines: list[str], whitespace: Whitespace) -> None:
    above = "\n".join(closed(lines))
    template = f"{above}\n{{% nonsense %}}\nafter\n"
    with pytest.raises(TemplateFailure) as caught:
        render(template, whitespace)
    assert (
        caught.value.problem.frames[-1].line
        == template[: template.index("{% nonsense")].count("\n") + 1
    )


@given(st.lists(LINES.filter(lambda line: "-" not in line and "+" not in line), max_size=10))
def test_no_line_of_tags_leaves_a_blank_line(lines: list[str]) -> None:
    full = [line for line in closed(lines) if line]
    assert "\n\n" not in render("\n".join(["start", *full, "end\n"]))
