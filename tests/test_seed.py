"""The agent file that the project was created from renders, and keeps its own words."""

import re
from pathlib import Path

import pytest

from conftest import ROOT, SEED, Agentgen

pytestmark = pytest.mark.skipif(
    not SEED.exists(),
    reason="needs the sample beside the checkout",
)
EXAMPLE = ROOT / "schemas" / "project.yaml"
MINIMAL = "languages: [{name: go}]\n"
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")


def render_seed(agentgen: Agentgen, tmp_path: Path, schema: Path) -> str:
    agents = tmp_path / "library" / "agents"
    agents.mkdir(parents=True)
    (agents / "ml-engineer.md").write_bytes(SEED.read_bytes())
    run = agentgen("render", "library/agents", "-s", str(schema), "-o", "out")
    assert run.code == 0, run.stderr
    assert run.stderr.count("warning[broken-link]") == 6
    assert run.stderr.count("warning[") == 6
    return (tmp_path / "out" / "agents" / "ml-engineer.md").read_bytes().decode()


@pytest.fixture
def minimal(tmp_path: Path) -> Path:
    path = tmp_path / "minimal.yaml"
    path.write_text(MINIMAL)
    return path


def test_with_the_example_schema(agentgen: Agentgen, tmp_path: Path) -> None:
    text = render_seed(agentgen, tmp_path, EXAMPLE)
    assert (
        "### Technology Stack\n"
        "- **ML Frameworks**: TensorFlow, PyTorch, scikit-learn\n"
        "- **MLOps**: MLflow, Kubeflow, DVC\n"
        "- **Serving**: FastAPI, TensorFlow Serving, TorchServe\n"
        "- **Infrastructure**: Docker, Kubernetes, cloud platforms\n"
        "\n"
        "### Development Workflow\n"
    ) in text
    arrow = "â†’"
    assert (
        "## Common Patterns\n\n"
        "### Python ML Engineering Tasks\n"
        'Pattern: "Deploy python ML models for Fastapi, Pytorch"\n'
        f"{arrow} Decompose: Pipeline development + Model serving + Monitoring + Optimization\n"
        f"{arrow} Context: src/ml/fastapi/*.py, src/ml/pytorch/*.py\n"
        f"{arrow} Validation: Load testing and performance validation\n"
        "### Go ML Engineering Tasks\n"
        'Pattern: "Deploy go ML models for production"\n'
        f"{arrow} Decompose: Pipeline development + Model serving + Monitoring + Optimization\n"
        f"{arrow} Context:\n"
        f"{arrow} Validation: Load testing and performance validation\n\n"
        "## Escalation Triggers\n"
    ) in text
    assert "Machine Learning specialist for tidecast - building" in text


def test_with_a_minimal_schema(agentgen: Agentgen, tmp_path: Path, minimal: Path) -> None:
    text = render_seed(agentgen, tmp_path, minimal)
    assert "Machine Learning specialist for this project - building" in text
    assert "### Technology Stack\n\n### Development Workflow\n" in text
    assert "### Go ML Engineering Tasks\n" in text
    assert "Python" not in text


def test_bytes_outside_the_tags_are_kept(agentgen: Agentgen, tmp_path: Path) -> None:
    source = SEED.read_bytes().decode()
    text = render_seed(agentgen, tmp_path, EXAMPLE)
    front_matter = source[: source.index("### ML Engineer")]
    assert text.startswith(front_matter)
    for line in source.splitlines():
        if not TAG.search(line):
            assert f"{line}\n" in text
    position = 0
    for line in source[: source.index("## Common Patterns")].splitlines(keepends=True):
        for piece in TAG.split(line if TAG.sub("", line).strip() else TAG.sub("", line).strip()):
            position = text.index(piece, position) + len(piece)
