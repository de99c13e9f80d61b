"""docs/reports.md says what the reports are."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from agentgen.diagnostics import Diagnostic, Edit, Severity, Source, Span
from agentgen.report import FORMATS, as_json
from agentgen.rules import RULES
from conftest import ROOT, Agentgen

Tree = Callable[[dict[str, str]], Path]
PAGE = (ROOT / "docs" / "reports.md").read_text()


def test_the_page_names_every_form() -> None:
    assert re.findall(r"^\| `([a-z]+)` \|", PAGE, re.MULTILINE) == list(FORMATS)


def test_the_example_is_what_is_printed() -> None:
    source = Source("agents/reviewer.md", "---\nname: a\ndescription: d\n---\nGo â†’ on\n")
    start = source.text.index("â")
    example = json.loads(re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0])
    printed = as_json(
        [
            Diagnostic(
                "garbled-text",
                "`â†’` was read in the wrong encoding",
                source.at(start, start + 3),
                Severity.WARNING,
                help="it was `→`",
                edits=(Edit(Span(start, start + 3), "→"),),
            )
        ]
    )
    assert example == json.loads(printed)
    assert list(example["diagnostics"][0]) == list(json.loads(printed)["diagnostics"][0])


def rules_that_are_fixed() -> Iterator[str]:
    """Yield the rules of the golden cases in which something is fixable."""
    for path in (ROOT / "tests" / "golden").glob("*/*/transcript"):
        text = path.read_text()
        if '"fixable": true' in text:
            report = json.loads(text.partition("--- stdout\n")[2].partition("--- stderr\n")[0])
            yield from (each["rule"] for each in report["diagnostics"] if each["fixable"])


def test_the_page_names_every_rule_that_is_fixed() -> None:
    table = PAGE.partition("## What `--fix` does")[2]
    named = re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)
    assert set(named) <= set(RULES)
    assert set(named) == set(rules_that_are_fixed())


def test_annotations_are_at_paths_from_the_root_of_the_repository(
    agentgen: Agentgen, write_tree: Tree
) -> None:
    root = write_tree({"tools/ai/agents/a.md": "---\nname: a\ndescription: d\n---\n{{ nope }}\n"})
    within = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(root)}
    for arguments, folder in (
        (("lint",), root / "tools/ai"),
        (("lint", "-C", "ai"), root / "tools"),
    ):
        run = agentgen(*arguments, cwd=folder, **within)
        assert run.stdout.startswith("::error file=tools/ai/agents/a.md,line=5,")
    elsewhere = agentgen("lint", cwd=root / "tools/ai", GITHUB_WORKSPACE=str(root / "other"))
    assert elsewhere.stdout.startswith("agents/a.md:5")
    changed = agentgen("render", "--check", cwd=root / "tools/ai", **within)
    assert "file=tools/ai/agents/a.md," in changed.stdout + changed.stderr


def test_within_github_actions_reports_are_annotations(
    agentgen: Agentgen, write_tree: Tree
) -> None:
    write_tree({"agents/a.md": "---\nname: a\ndescription: d\n---\n{{ nope }}\n"})
    annotation = (
        "::error file=agents/a.md,line=5,col=4,title=undefined-variable::`nope` is undefined"
    )
    lint = agentgen("lint", GITHUB_ACTIONS="true")
    assert lint.stdout.startswith(annotation)
    render = agentgen("render", GITHUB_ACTIONS="true")
    assert (render.code, render.stdout) == (2, "")
    assert render.stderr.startswith(annotation)
    asked = agentgen("render", "--format", "github", GITHUB_ACTIONS="true")
    assert asked.stdout.startswith(annotation)
    assert agentgen("render", "--format", "text", GITHUB_ACTIONS="true").stdout == ""
