"""The public functions: what a script can do without a subprocess."""

from collections.abc import Callable
from pathlib import Path

import pytest

import agentgen

Tree = Callable[[dict[str, str]], Path]
AGENT = "---\nname: reviewer\ndescription: Reviews\n---\nFor {{ schema.project.name }}.\n"


def test_load_render_write(write_tree: Tree) -> None:
    root = write_tree({"agents/reviewer.md": AGENT, "schemas/project.yaml": "project: {name: x}"})
    loaded = agentgen.load(root)
    rendered = agentgen.render(loaded)
    assert [str(each.path) for each in rendered.artifacts] == ["agents/reviewer.md"]
    assert rendered.artifacts[0].text.endswith("---\nFor x.\n")
    assert not (root / "build").exists()
    written = agentgen.write(rendered.artifacts, root / "build")
    assert [each.action for each in written] == [agentgen.Action.WRITE]
    assert (root / "build/agents/reviewer.md").read_text() == rendered.artifacts[0].text
    again = agentgen.write(rendered.artifacts, root / "build")
    assert [each.action for each in again] == [agentgen.Action.KEEP]


def test_values_are_plain_data(write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": AGENT + "{{ schema.project.version }} {{ schema.list }}\n"})
    values = {"project.name": "Ada's: 100%", "project.version": "1.10", "list": ["x", 1]}
    rendered = agentgen.render(agentgen.load(root, values=values))
    assert rendered.artifacts[0].text.endswith("For Ada's: 100%.\n1.10 ['x', 1]\n")


def test_errors_carry_every_diagnostic(write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": "---\nname: a: b\n---\n", "agents/b.md": "---\n- x\n---\n"})
    with pytest.raises(agentgen.AgentgenError) as caught:
        agentgen.load(root)
    assert [each.rule for each in caught.value.diagnostics] == [
        "invalid-yaml",
        "invalid-front-matter",
    ]
    assert "a.md:2:8: error[invalid-yaml]: an unquoted value cannot hold `: `" in str(caught.value)


def test_a_template_error_names_its_place(write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": "---\nname: a\ndescription: b\n---\nx {{ schema.nope }}\n"})
    with pytest.raises(agentgen.AgentgenError) as caught:
        agentgen.render(agentgen.load(root))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.location is not None
    assert (diagnostic.location.line, diagnostic.location.column) == (5, 13)


def test_options_are_checked(write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": AGENT, "s.yaml": "project: {name: s}"})
    assert agentgen.load(root, "a", schema="s.yaml").project.schema.data["project"] == {"name": "s"}
    assert agentgen.load(root, limits={"time": 5}).project.limits.time == 5
    with pytest.raises(agentgen.AgentgenError, match="`loose` is none of `guarded`"):
        agentgen.load(root, undefined="loose")
    with pytest.raises(agentgen.AgentgenError, match="`time=-1` is not a limit"):
        agentgen.load(root, limits={"time": -1})


def test_unknown_target(write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": AGENT})
    with pytest.raises(agentgen.AgentgenError, match="there is no target `markdwon`"):
        agentgen.render(agentgen.load(root), "markdwon")


def test_warnings_are_returned(write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": "x\n"})
    rendered = agentgen.render(agentgen.load(root))
    assert [each.rule for each in rendered.diagnostics] == ["missing-description"]
    assert rendered.diagnostics[0].severity is agentgen.Severity.WARNING


def test_every_public_name_is_there() -> None:
    for name in agentgen.__all__:
        assert getattr(agentgen, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        agentgen.nope  # noqa: B018


def test_it_is_typed() -> None:
    assert Path(agentgen.__file__).with_name("py.typed").is_file()
