"""`--format sarif` is SARIF 2.1.0, and says what the other formats say."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentgen.diagnostics import BYTE_ORDER_MARK, Diagnostic, Edit, Note, Severity, Source, Span
from agentgen.report import as_sarif
from agentgen.rules import RULES, load_rule
from conftest import ROOT, Agentgen

Tree = Callable[[dict[str, str]], Path]
# OASIS's own schema; tests/data/README.md says where it is from.
SCHEMA = json.loads((ROOT / "tests" / "data" / "sarif-schema-2.1.0.json").read_text())
VALIDATOR = jsonschema_rs.Draft4Validator(SCHEMA, validate_formats=True)
SOURCE = Source("agents/a b.md", "one\n🚀 two\nthree\n")


def log_of(*diagnostics: Diagnostic) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(as_sarif(diagnostics))
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    return log


def result_of(diagnostic: Diagnostic) -> dict[str, Any]:
    (result,) = log_of(diagnostic)["runs"][0]["results"]
    found: dict[str, Any] = result
    return found


def test_the_schema_refuses_what_is_not_sarif() -> None:
    log = log_of(Diagnostic("broken-link", "m", SOURCE.at(4, 5)))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not VALIDATOR.is_valid(log)
    assert not VALIDATOR.is_valid({"version": "2.1.0"})


def test_nothing_found_is_a_log_as_well() -> None:
    assert log_of()["runs"][0]["results"] == []


def test_a_place_is_counted_in_characters() -> None:
    result = result_of(Diagnostic("broken-link", "m", SOURCE.at(6, 9)))
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "agents/a%20b.md", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 6},
    }
    assert log_of()["runs"][0]["columnKind"] == "unicodeCodePoints"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("agents/é#%.md", "agents/%C3%A9%23%25.md"),
        ("a:b.md", "a%3Ab.md"),
        ("agents/\udcff.md", "agents/%FF.md"),
        ("/far/a.md", "file:///far/a.md"),
    ],
)
def test_a_path_is_a_uri(path: str, uri: str) -> None:
    result = result_of(Diagnostic("empty-file", "m", Source(path, "").whole()))
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == uri
    assert "region" not in location["physicalLocation"]


def test_a_column_that_is_not_known_is_left_out() -> None:
    result = result_of(Diagnostic("failing-template", "m", SOURCE.on_line(2)))
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 2}


def test_a_diagnostic_without_a_place_has_none() -> None:
    assert "locations" not in result_of(Diagnostic("invalid-option", "m"))


def test_edits_are_fixes() -> None:
    edits = (Edit(BYTE_ORDER_MARK, ""), Edit(Span(4, 5), "→"))
    result = result_of(Diagnostic("garbled-text", "m", SOURCE.at(4, 5), edits=edits))
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"] == [
        {"deletedRegion": {"byteOffset": 0, "byteLength": 3}},
        {
            "deletedRegion": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 2},
            "insertedContent": {"text": "→"},
        },
    ]


def test_the_level_is_the_severity_and_help_and_notes_are_said() -> None:
    note = Note("the first one is at", SOURCE.at(0, 3))
    result = result_of(
        Diagnostic("duplicate-key", "m", SOURCE.at(4), Severity.WARNING, help="h", notes=(note,))
    )
    assert result["level"] == "warning"
    assert result["message"]["text"] == "m\nhelp: h"
    (related,) = result["relatedLocations"]
    assert related["message"]["text"] == "the first one is at"
    assert related["physicalLocation"]["region"]["startLine"] == 1


def test_a_message_holds_no_link_and_nothing_hidden() -> None:
    result = result_of(Diagnostic("broken-link", "[click](http://e.example)\x1b\u202e", None))
    assert result["message"]["text"] == "[click\\](http://e.example)\\x1b\\u{202e}"


def test_fingerprints_tell_lines_apart_and_outlive_lines_above() -> None:
    def prints(text: str) -> list[str]:
        source = Source("a.md", text)
        starts = [index for index in range(len(text)) if text.startswith("x", index)]
        found = [Diagnostic("garbled-text", "m", source.at(start)) for start in starts]
        results = log_of(*found)["runs"][0]["results"]
        return [result["partialFingerprints"]["ruleAndLine/v1"] for result in results]

    assert prints("x\nx y\nx\n") == prints("above\n\nx\n  x y\nx\n")
    assert len(set(prints("x\nx y\nx\n"))) == 3


@pytest.mark.parametrize("name", RULES)
def test_every_rule_has_help(name: str) -> None:
    (rule,) = log_of(Diagnostic(name, "m", SOURCE.whole()))["runs"][0]["tool"]["driver"]["rules"]
    loaded = load_rule(name)
    assert (rule["id"], rule["shortDescription"]["text"]) == (name, loaded.summary)
    assert rule["help"]["markdown"] == loaded.text
    assert rule["defaultConfiguration"]["level"] == str(loaded.severity)
    assert 0 < len(rule["fullDescription"]["text"]) <= 1000


@given(st.text(), st.text(min_size=1), st.data())
def test_any_diagnostic_becomes_a_valid_log(message: str, path: str, draws: st.DataObject) -> None:
    text = draws.draw(st.text())
    start = draws.draw(st.integers(0, len(text)))
    end = draws.draw(st.integers(start, len(text)))
    place = Source(path, text).at(start, end)
    log_of(Diagnostic("broken-link", message, place, edits=(Edit(Span(start, end), message),)))


def test_lint_prints_it(agentgen: Agentgen, write_tree: Tree) -> None:
    write_tree({"agents/a.md": "\ufeff---\nname: a\ndescription: Go: on: now\n---\n{{ nope }}\n"})
    run = agentgen("lint", "--format", "sarif")
    log = json.loads(run.stdout)
    assert VALIDATOR.is_valid(log)
    assert run.code == 1
    found = log["runs"][0]["results"]
    assert [result["ruleId"] for result in found] == ["invalid-yaml"]
