"""The wheel holds everything: in an empty environment it renders the shipped library."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from agentgen import __version__
from conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder)]
    done = subprocess.run(
        [*build, str(ROOT)],
        cwd=folder,
        # A build writes the version into the checkout, which other tests are reading.
        env={**os.environ, "SETUPTOOLS_SCM_PRETEND_VERSION": __version__},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_it_holds_the_library_and_the_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"agentgen/py.typed", "agentgen/verify/vscode.mjs"} <= names
    for path in (ROOT / "src").rglob("assets/*"):
        assert path.relative_to(ROOT / "src").as_posix() in names
    for folder in ("agents", "prompts", "schemas"):
        for path in (ROOT / folder).rglob("*.*"):
            assert f"agentgen/library/{path.relative_to(ROOT).as_posix()}" in names
    assert not [name for name in names if "tests" in Path(name).parts]


def test_the_action_that_publishes_it_knows_the_form_of_its_metadata(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (path,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        assert archive.read(path).startswith(b"Metadata-Version: 2.4\n")


def test_installed_elsewhere_it_renders_the_library(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "env"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    pip: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        wheel,
    ]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    where = "from agentgen.shipped import library; print(library())"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COV")}

    def run(*command: str | Path) -> str:
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True, env=clean
        ).stdout

    library = Path(run(python, "-c", where).strip())
    assert library.is_relative_to(environment)
    agentgen = environment / "bin" / "agentgen"
    run(agentgen, "render", "-C", library, "-o", tmp_path / "out")
    agents = sorted(path.name for path in (ROOT / "agents").glob("[!_]*.md"))
    assert sorted(path.name for path in (tmp_path / "out/agents").iterdir()) == agents
    assert "ml-engineer" in run(agentgen, "list", "-C", library)
    assert run(agentgen, "--version") == f"agentgen {__version__}\n"
    assert wheel.name.split("-")[1] == __version__
