"""Links are found where Markdown has them, and only their destinations change."""

import pytest

from agentgen import links
from agentgen.links import Links, Resolve, destinations


def rewrite(text: str, resolve: Resolve) -> Links:
    if links.are_fine(text, resolve):
        return Links(text)
    return links.rewrite(text, destinations(text), resolve)


CASES = {
    "inline": ("[a](x.md)", "[a](NEW)"),
    "title": ('[a](x.md "T (x.md)")', '[a](NEW "T (x.md)")'),
    "anchor": ("[a](x.md#top)", "[a](NEW#top)"),
    "query": ("[a](x.md?raw=1#top)", "[a](NEW?raw=1#top)"),
    "angle brackets": ("[a](<x y.md>)", "[a](<NEW>)"),
    "percent": ("[a](x%20y.md)", "[a](NEW)"),
    "image": ("![a](x.md)", "![a](NEW)"),
    "image in a link": ("[![a](x.md)](y.md)", "[![a](NEW)](NEW)"),
    "two on a line": ("[a](x.md) [a](x.md)", "[a](NEW) [a](NEW)"),
    "reference": ("[a]\n\n[a]: x.md 'T'\n", "[a]\n\n[a]: NEW 'T'\n"),
    "reference in angle brackets": ("[a][b]\n\n[b]: <x y.md>\n", "[a][b]\n\n[b]: <NEW>\n"),
    "reference that nothing uses": ("[b]: x.md\n", "[b]: NEW\n"),
    "same reference twice": ("[b]: x.md\n[b]: y.md\n", "[b]: NEW\n[b]: NEW\n"),
    "list": ("- a\n  - [a](x.md)\n\n    [b](x.md)\n", "- a\n  - [a](NEW)\n\n    [b](NEW)\n"),
    "quote": ("> a\n> > [a](x.md)\n", "> a\n> > [a](NEW)\n"),
    "heading": ("## [a](x.md) ##\n", "## [a](NEW) ##\n"),
    "table": ("| a | b |\n|---|---|\n| [x](x.md) | [x](x.md) |\n", None),
    "emphasis": ("**[a](x.md)** _b [c](x.md)_", "**[a](NEW)** _b [c](NEW)_"),
    "over two lines": ("[a\nb](x.md)", "[a\nb](NEW)"),
    "destination on the next line": ("[a](\nx.md)", "[a](\nNEW)"),
    "label with brackets": ("[a [b] c](x.md)", "[a [b] c](NEW)"),
    "after wide characters": ("日本 🚀 [a](x.md)", "日本 🚀 [a](NEW)"),
}
UNTOUCHED = [
    "`[a](x.md)`",
    "```\n[a](x.md)\n```\n",
    "~~~md\n[a](x.md)\n~~~\n",
    "    [a](x.md)\n",
    "<!-- [a](x.md) -->\n",
    "<div>\n[a](x.md)\n</div>\n",
    r"\[a](x.md)",
    "[a] (x.md)",
    "[a](https://x.md)",
    "[a](mailto:x.md)",
    "[a](/x.md)",
    "[a](//host/x.md)",
    "[a](#x.md)",
    "[a](?x.md)",
    "[a]()",
    "<https://x.y/z.md>",
    "x.md",
]


@pytest.mark.parametrize("case", CASES)
def test_destination_changes(case: str) -> None:
    text, expected = CASES[case]
    assert rewrite(text, lambda _: "NEW").text == (expected or text.replace("x.md", "NEW"))


@pytest.mark.parametrize("text", UNTOUCHED)
def test_no_relative_link(text: str) -> None:
    result = rewrite(text, lambda _: "NEW")
    assert result.text == text


def test_what_leads_nowhere_is_named_once() -> None:
    text = "[a](x.md) [b](x.md#y) [c](x.md) `[d](z.md)` [e](ok.md)"
    result = rewrite(text, lambda path: path if path == "ok.md" else None)
    assert result.text == text
    assert result.broken == ("x.md", "x.md#y")


def test_a_new_path_is_written_so_that_it_can_be_read() -> None:
    text = rewrite("[a](x.md)", lambda _: "p (1)/é ü.md").text
    ((start, end),) = destinations(text)
    assert text[start:end] == "p%20%281%29/é%20ü.md"
