"""The quick lexer yields the very tokens that Jinja2's own yields, or fails as it does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, TemplateSyntaxError
from jinja2.lexer import Lexer

from agentgen.environment.lexing import QuickLexer
from test_generating import STATEMENTS, library

ENVIRONMENTS = [Environment(), Environment(keep_trailing_newline=True)]

PIECES = st.sampled_from(
    [
        *("{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "{{-", "-}}", "{%+", "+%}", "-#}"),
        *("{% raw %}", "{% endraw %}", "{%- raw -%}", "{%- endraw +%}", "{", "}", "{{{", "}}}"),
        *(" ", "\n", "\t", "\r\n", "\x0b", "\u2028", "a", "_a1", "1", "12_3", "0x1f", "1e5", "1.5"),
        *(
            ".5",
            "1.",
            "٣",
            "٣x",
            "x٣",
            "é",
            "e\u0301",
            "·",
            "ªb",
            "日本",
            "a-b",
            "a.b",
            "if",
            "not",
        ),
        *(
            "'",
            '"',
            "'a'",
            '"\\""',
            "\\",
            "**",
            "//",
            "==",
            "=",
            "!=",
            "!",
            "|",
            "~",
            ":",
            ";",
            "(",
        ),
        *(")", "[", "]", ",", "<=", "%", "#", "$", "?", "@", "&", "text and {no tag} here"),
    ]
)


def tokens(lexer: Lexer, text: str) -> tuple[list[Any], str]:
    """Return the tokens of a text, as far as there are any, and why there are no more."""
    found: list[Any] = []
    try:
        for token in lexer.tokeniter(text, None):
            found.append(token)  # noqa: PERF402 - what came before an error counts
    except TemplateSyntaxError as error:
        return found, f"{error.lineno}: {error.message}"
    return found, ""


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_template_that_there_is_has_the_same_tokens(environment: Environment) -> None:
    quick, usual = QuickLexer(environment), Lexer(environment)
    for text in [*library(), *STATEMENTS]:
        assert tokens(quick, text) == tokens(usual, text)


@given(st.sampled_from(ENVIRONMENTS), st.lists(PIECES, max_size=30))
def test_pieces_of_tags_have_the_same_tokens(environment: Environment, pieces: list[str]) -> None:
    text = "".join(pieces)
    assert tokens(QuickLexer(environment), text) == tokens(Lexer(environment), text)


@given(st.lists(PIECES, max_size=20))
def test_what_stands_in_a_tag_has_the_same_tokens(pieces: list[str]) -> None:
    text = f"a {{{{ {' '.join(pieces)} }}}} b {{% {''.join(pieces)} %}} c"
    environment = ENVIRONMENTS[0]
    assert tokens(QuickLexer(environment), text) == tokens(Lexer(environment), text)


def test_text_before_a_tag_is_found_in_one_go() -> None:
    environment = ENVIRONMENTS[0]
    quick, usual = QuickLexer(environment), Lexer(environment)
    assert quick.rules["root"][0] != usual.rules["root"][0]
    assert len(quick.rules["block_begin"]) == len(usual.rules["block_begin"]) + 3
