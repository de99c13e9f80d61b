"""Jinja2's lexer with the rules that a tag needs most tried first. It yields the same tokens.

Jinja2 tries the rules for numbers before those for names and operators, which are most of a tag.
And it looks for the end of a text character by character, where most end at the next brace.
"""

import re

from jinja2 import Environment
from jinja2.lexer import (
    TOKEN_BLOCK_BEGIN,
    TOKEN_NAME,
    TOKEN_OPERATOR,
    TOKEN_VARIABLE_BEGIN,
    TOKEN_WHITESPACE,
    Lexer,
)

_ANY_TEXT = "(.*?)(?:"
_TEXT_BEFORE_A_TAG = r"([^{]*+(?:\{(?![{%#])[^{]*+)*+)(?:"
_PLAIN_NAME = re.compile(r"""[A-Za-z_][A-Za-z0-9_]*(?=[ \n\t.,:|()\[\]{}=!<>+\-*/%~;'"])""")
"""A name that is at its end: other names can go on with any letter of any script."""


class QuickLexer(Lexer):
    """A `jinja2.lexer.Lexer` for the beginnings of tags that Jinja2 has by itself."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        text, *others = self.rules["root"]
        if text.pattern.pattern.startswith(_ANY_TEXT):
            quick = text.pattern.pattern.replace(_ANY_TEXT, _TEXT_BEFORE_A_TAG, 1)
            pattern = re.compile(quick, text.pattern.flags)
            self.rules["root"] = [text._replace(pattern=pattern), *others]
        for tag in (TOKEN_BLOCK_BEGIN, TOKEN_VARIABLE_BEGIN):
            end, *rules = self.rules[tag]
            by_kind = {rule.tokens: rule for rule in rules}
            space, name = by_kind[TOKEN_WHITESPACE], by_kind[TOKEN_NAME]
            # None of these begins with what another token begins with.
            first = [space, name._replace(pattern=_PLAIN_NAME), by_kind[TOKEN_OPERATOR]]
            self.rules[tag] = [end, *first, *rules]
