"""Coverage-guided fuzzing of what reads untrusted text in the main process, and of tidy whitespace.

    make fuzz

installs Atheris and runs each target for a while. By hand:

    python tests/fuzz/targets.py front-matter -max_total_time=60
"""

import sys
from collections.abc import Iterable

import atheris

with atheris.instrument_imports(include=["agentgen", "yaml", "jinja2"]):
    from jinja2 import Environment, TemplateSyntaxError

    from agentgen import links
    from agentgen.diagnostics import AgentgenError
    from agentgen.environment.tags import Token
    from agentgen.environment.whitespace import Marks, strip_marks, tidy
    from agentgen.source import decode, read_front_matter

LEXER = Environment(keep_trailing_newline=True).lexer
MARKS = Marks("\ufdd0", "\ufdd1")


def front_matter(data: bytes) -> None:
    """Bytes are a front matter with offsets that fit, none, or a diagnostic."""
    try:
        source = decode(data, "a.md").source
        matter = read_front_matter(source)
    except AgentgenError as error:
        assert error.diagnostics
        return
    if matter is not None:
        assert matter.start <= matter.end <= matter.body <= len(source.text)
        for key, entry in matter.mapping.entries.items():
            assert entry.key.text == key
            assert matter.start <= entry.key.start <= entry.node.end <= matter.end + 1


def whitespace(data: bytes) -> None:
    """Tidied tokens are those of the template, but for white space and marks in the text."""
    text = data.decode("utf-8", "replace").replace("\r", "")
    if "\ufdd0" in text or "\ufdd1" in text:
        return
    try:
        tidied = tidy(text, LEXER, MARKS)
    except TemplateSyntaxError:
        return
    assert _tags(tidied.tokens) == _tags(LEXER.tokeniter(text, None))
    kept = _text(tidied.tokens)
    stripped = _text(LEXER.tokeniter(text, None)).translate(dict.fromkeys(map(ord, " \t\n")))
    assert kept.translate(dict.fromkeys(map(ord, " \t\n\ufdd0\ufdd1"))) == stripped
    assert strip_marks(kept, MARKS).count(MARKS.end) == 0


def _tags(tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if token[1] != "data"]


def _text(tokens: Iterable[Token]) -> str:
    return "".join(value for _, kind, value in tokens if kind == "data")


def markdown_links(data: bytes) -> None:
    """Links that keep their paths leave the text alone."""
    text = data.decode("utf-8", "replace").replace("\r", "")
    spans = list(links.destinations(text))
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert links.rewrite(text, spans, lambda path: path).text == text
    links.rewrite(text, spans, lambda _: "x")


TARGETS = {"front-matter": front_matter, "whitespace": whitespace, "links": markdown_links}


def main() -> None:
    """Run the target that is named first; the rest is libFuzzer's."""
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
