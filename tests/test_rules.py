"""The table of rules, the code that raises them, their documentation and their cases agree."""

import ast
import re
import shlex
import subprocess
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentgen.diagnostics import AgentgenError, Severity
from agentgen.rules import RULES, Rule, as_markdown, load_rule, load_rules
from conftest import ROOT

SOURCES = ROOT / "src" / "agentgen"
RAISERS = {"Diagnostic", "fail", "Problem"}
EXAMPLE = re.compile(r"((?:^ {4}.*\n|^\n)+)", re.MULTILINE)
STEP = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
AGENT = "---\nname: reviewer\ndescription: Reviews changes\n---\nReview changes.\n"


def named_rules(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the name and value of each text that is assigned to `RULE` or `rule`."""
    if not isinstance(node, ast.Assign):
        return
    target = node.targets[0]
    pairs = [(target, node.value)]
    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
        pairs = list(zip(target.elts, node.value.elts, strict=True))
    for name, value in pairs:
        is_rule = isinstance(name, ast.Name) and name.id in ("RULE", "rule")
        if is_rule and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield ast.unparse(name), value.value


def severity_of(call: ast.Call) -> Severity | None:
    """Return the severity that a call gives a diagnostic; None where it is computed."""
    if any(keyword.arg == "is_warning" for keyword in call.keywords):
        return Severity.WARNING
    stated = [keyword.value for keyword in call.keywords if keyword.arg == "severity"]
    if isinstance(call.func, ast.Name) and call.func.id == "Diagnostic":
        stated += call.args[3:4]
    if not stated:
        return Severity.ERROR
    return Severity[stated[0].attr] if isinstance(stated[0], ast.Attribute) else None


def raised() -> dict[str, set[Severity]]:
    """Return the rules that the sources raise, each with the severities that they state."""
    found: defaultdict[str, set[Severity]] = defaultdict(set)
    for path in SOURCES.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        variables = [pair for node in nodes for pair in named_rules(node)]
        for _, rule in variables:
            found[rule] |= set()
        for call in nodes:
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            if call.func.id not in RAISERS or not call.args:
                continue
            severity = severity_of(call)
            for rule in rules_of(call.args[0], variables):
                found[rule] |= {severity} if severity else set()
    return dict(found)


def rules_of(argument: ast.expr, variables: list[tuple[str, str]]) -> list[str]:
    if isinstance(argument, ast.Constant):
        return [str(argument.value)]
    assert not isinstance(argument, ast.IfExp), "a rule that this test would not see"
    return [rule for variable, rule in variables if variable == ast.unparse(argument) == "RULE"]


def test_the_table_names_what_is_raised() -> None:
    assert sorted(raised()) == sorted(RULES)


def test_the_table_is_sorted_and_names_the_modules() -> None:
    assert list(RULES) == sorted(RULES)
    modules = {f"agentgen.rules.{path.stem}" for path in SOURCES.glob("rules/[!_]*.py")}
    assert modules == set(RULES.values())
    for name, module in RULES.items():
        assert module == f"agentgen.rules.{name.replace('-', '_')}"


@pytest.mark.parametrize(("name", "severities"), sorted(raised().items()))
def test_the_severity_is_the_one_it_is_raised_with(name: str, severities: set[Severity]) -> None:
    assert severities <= {load_rule(name).severity}


def test_every_rule_has_a_golden_case() -> None:
    transcripts = (ROOT / "tests" / "golden").glob("*/*/transcript")
    # A message is at the margin; the documentation that `explain` prints indents it.
    message = re.compile(r"^(?:[^\s`]+: )?(?:error|warning|note)\[([a-z-]+)\]: ", re.MULTILINE)
    shown = {rule for path in transcripts for rule in message.findall(path.read_text())}
    assert set(RULES) - shown == set()


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.name)
def test_its_documentation_has_every_part(rule: Rule) -> None:
    assert "\n" not in rule.summary
    assert rule.summary.endswith(".")
    assert rule.name not in rule.summary
    why, _, rest = rule.text.partition("\n\nFails:\n\n")
    assert why
    assert re.match(r"    \S", rest)
    assert re.search(r"\n\nPasses:\n\n    \S", rest)
    prose = [line for line in rule.text.splitlines() if not line.startswith("    ")]
    assert max(map(len, prose)) <= 100


def example(rule: Rule, heading: str) -> str:
    """Return the indented block below a heading, at the margin."""
    match = EXAMPLE.match(rule.text.partition(f"{heading}\n\n")[2] + "\n")
    assert match is not None
    return textwrap.dedent(match[1]).strip("\n") + "\n"


def run_example(text: str, folder: Path) -> tuple[str, int]:
    """Write the files that an example shows, and run its commands; check what it says they print.

    Without an agentgen command, `agentgen lint` is run. Returns all that was printed, and the last
    exit code.
    """
    (folder / "agents").mkdir()
    (folder / "agents" / "reviewer.md").write_text(AGENT)
    steps = STEP.findall(text)
    if not any(command.startswith("agentgen ") for command, _ in steps):
        steps.append(("agentgen lint", ""))
    printed, code = "", 0
    for command, below in steps:
        if command.startswith("cat "):
            path = folder / command.removeprefix("cat ")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(below)
            continue
        words = shlex.split(command)
        run = [sys.executable, "-m", *words] if words[0] == "agentgen" else ["bash", "-c", command]
        done = subprocess.run(
            run, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONUTF8": "1"}
        )
        printed += done.stdout + done.stderr
        code = done.returncode
        for line in below.splitlines():
            assert line in printed.splitlines()
    return printed, code


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.name)
def test_its_failing_example_fails(rule: Rule, tmp_path: Path) -> None:
    text = example(rule, "Fails:")
    printed, _ = run_example(text, tmp_path)
    assert f"{rule.severity}[{rule.name}]: " in text
    assert f"{rule.severity}[{rule.name}]: " in printed


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.name)
def test_its_passing_example_passes(rule: Rule, tmp_path: Path) -> None:
    printed, code = run_example(example(rule, "Passes:"), tmp_path)
    assert f"[{rule.name}]: " not in printed
    assert code == 0, printed


def test_the_page_is_what_the_modules_say() -> None:
    assert (ROOT / "docs" / "rules.md").read_text() == as_markdown()


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(AgentgenError, match="there is no rule `broken-lnik`"):
        load_rule("broken-lnik")


def test_the_table_imports_no_rule() -> None:
    code = "import agentgen.rules, sys; print(*(m for m in sys.modules if '.rules.' in m))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "\n"
