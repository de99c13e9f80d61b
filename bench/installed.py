"""agentgen as its users have it: installed by today's pip from a wheel, and no checkout."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def install(cache: Path) -> str:
    """Install this agentgen, and what it needs, below a cache folder; return its Python."""
    python = cache / "agentgen" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", cache / "agentgen"], check=True)
        _pip(python, "--upgrade", "pip")
        _pip(python, str(ROOT))
    _pip(python, "--force-reinstall", "--no-deps", str(ROOT))
    return str(python)


def _pip(python: Path, *arguments: str) -> None:
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *arguments], check=True)
