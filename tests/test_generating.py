"""The quick code generator writes the very code that Jinja2's own writes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, TemplateAssertionError, TemplateSyntaxError, nodes
from jinja2.compiler import CodeGenerator

from agentgen.environment.generating import Generator
from agentgen.environment.sandbox import SandboxEnvironment
from agentgen.modes import Undefined
from conftest import ROOT

BLOCK = re.compile(r"^```jinja\n(.*?)^```$", re.MULTILINE | re.DOTALL)

STATEMENTS = (
    "{% for x in schema.xs %}{{ x|title }}, {{ loop.index }}{% else %}none{% endfor %}",
    "{% for x, y in schema.xs if x is defined %}{{ y }}INNER{% endfor %}",
    "{% for x in schema.tree recursive %}{{ loop(x.below) }}INNER{% endfor %}",
    "{% for x in [1, 2] %}{% block NAME scoped %}{{ x }}INNER{% endblock %}{% endfor %}",
    "{% for x in 'ab' %}{% for loop in x %}{{ loop }}{% endfor %}{% endfor %}",
    "{% if schema.a == 'b' and not x %}INNER{% elif x is odd %}{{ x }}{% else %}-{% endif %}",
    "{% set ns = namespace(a=1, b=[]) %}{% set ns.a, ns.b = 2, ns.a %}{{ ns.a }}",
    "{% set x %}INNER{{ schema.a|upper|default('none') }}{% endset %}{{ x }}",
    "{% macro m(a, b='c', loop=1) %}{{ a ~ b }}INNER{{ caller(a) }}{% endmacro %}{{ m(1) }}",
    "{% call(z) m(schema.a, *xs, **{'k': 1}) %}{{ z }}INNER{% endcall %}",
    "{% filter upper|trim %}INNER{{ x }}{% endfilter %}",
    "{% with a = 1, b = schema.a[1:2] %}{{ a }}INNER{% endwith %}",
    "{% block NAME %}INNER{{ super() }}{{ self.NAME() }}{% endblock %}",
    "{% include ['a.md', x] ignore missing without context %}",
    "{% from 'a.md' import m, n as k with context %}{{ k(m) }}",
    "{% import 'a.md' as a %}{{ a.m() }}",
    "{% autoescape true %}{{ x }}INNER{% endautoescape %}",
    "{{ {'a': [1, (2, x)], 'b': -x ** 2 // 3}[schema.k] if x in y else (x, loop) }}",
    "{{ x.__class__.mro()[0] }}{# nothing #}{% raw %}{{ x }}{% endraw %}",
    "{% extends schema.a %}",
    "plain text",
)


def code(template: str, generator: type[CodeGenerator]) -> str:
    """Return what is generated for a template, or why nothing is."""
    environment = SandboxEnvironment(Undefined.GUARDED, None, lambda _name, _parent: None)
    environment.code_generator_class = generator
    try:
        return str(environment.compile(template, "t", "t", raw=True))
    except (TemplateSyntaxError, TemplateAssertionError) as error:
        return f"{error.lineno}: {error.message}"


def library() -> list[str]:
    """Return all templates of the library and of the golden cases."""
    files = [*ROOT.glob("agents/*.md"), *ROOT.glob("prompts/**/*.md")]
    files += ROOT.glob("tests/golden/*/*/input/**/*.md")
    texts = [file.read_text("utf-8", "replace") for file in files if file.is_file()]
    books = [*ROOT.glob("tests/golden/tidy/*.md"), *ROOT.glob("tests/golden/static/*.md")]
    return texts + [text for book in books for text in BLOCK.findall(book.read_text("utf-8"))]


def test_every_template_that_there_is_has_the_same_code() -> None:
    templates = library()
    assert len(templates) > 500
    for template in templates:
        assert code(template, Generator) == code(template, CodeGenerator)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_has_the_same_code(statement: str) -> None:
    template = statement.replace("NAME", "n").replace("INNER", "")
    assert code(template, Generator) == code(template, CodeGenerator)


@given(st.lists(st.lists(st.sampled_from(STATEMENTS), max_size=5), max_size=4))
def test_statements_in_each_other_have_the_same_code(grown: list[list[str]]) -> None:
    template = ""
    for number, statements in enumerate(grown):
        beside = "".join(
            each.replace("NAME", f"n{number}x{at}") for at, each in enumerate(statements)
        )
        template = beside.replace("INNER", template, 1).replace("INNER", "")
    assert code(template, Generator) == code(template, CodeGenerator)


def test_a_tree_is_afterwards_as_it_was_before() -> None:
    environment = Environment()
    environment.code_generator_class = Generator
    tree = environment.parse("{% for x in xs %}{% set y = x %}{{ x|title }}{% endfor %}")
    before = repr(tree)
    environment.compile(tree, "t", "t")
    assert repr(tree) == before
    for node in (tree, *tree.find_all(nodes.Node)):
        assert set(vars(node)) == {*node.fields, *node.attributes}
    assert list(tree.find_all(nodes.TemplateData)) == []
    assert len(list(tree.find_all(nodes.Name))) == 5
