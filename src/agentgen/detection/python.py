"""Python: pyproject.toml in all its dialects, requirements, setup.cfg, Pipfile.

The forms are those of https://packaging.python.org/en/latest/specifications/pyproject-toml/ and
https://peps.python.org/pep-0735/, and of the manuals of Poetry, PDM, uv and Hatch.
"""

import configparser
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from agentgen.detection.finding import Finding, Place, plain_text, version_number
from agentgen.detection.known import Tools, named
from agentgen.detection.tree import (
    Manifest,
    Package,
    UnreadableManifest,
    mapping,
    texts,
    within,
)

NAME = "python"
CONDA = ("environment.yml", "environment.yaml")
MANIFESTS = ("pyproject.toml", "requirements.txt", "setup.cfg", "setup.py", "Pipfile", *CONDA)
ALSO_READ = ("requirements*.txt", "requirements/*.txt", ".python-version")

TOOLS = Tools(
    frameworks=named(
        "django djangorestframework fastapi flask starlette litestar aiohttp tornado sanic "
        "sqlalchemy sqlmodel celery pydantic click typer textual streamlit gradio dash "
        "torch=pytorch pytorch tensorflow keras scikit-learn xgboost lightgbm transformers jax "
        "numpy pandas polars pyspark dask ray mlflow dvc wandb jupyter jupyterlab "
        "apache-airflow=airflow dagster prefect dbt-core=dbt luigi langchain grpcio=grpc "
        "strawberry-graphql graphene scrapy jinja2"
    ),
    testing=named("pytest hypothesis tox nox behave robotframework locust"),
    linting=named("ruff black isort flake8 pylint"),
    type_checking=named("mypy pyright basedpyright pyre-check ty"),
)
_SAID_BY_TABLES = {
    **dict.fromkeys(("pytest", "tox", "nox"), "testing"),
    **dict.fromkeys(("ruff", "black", "isort", "flake8", "pylint"), "linting"),
    **dict.fromkeys(("mypy", "pyright", "basedpyright", "ty"), "type_checking"),
}
"""Tools whose settings are proof enough that they are used."""
_SAID_BY_FILES = {
    "pytest.ini": "pytest",
    "tox.ini": "tox",
    "noxfile.py": "nox",
    "ruff.toml": "ruff",
    ".ruff.toml": "ruff",
    ".flake8": "flake8",
    ".pylintrc": "pylint",
    "mypy.ini": "mypy",
    ".mypy.ini": "mypy",
    "pyrightconfig.json": "pyright",
}
"""Files that hold nothing but a tool's settings."""

LONGEST_SPECIFIER = 200
MOST_REQUIREMENTS = 10_000
"""In one list; nobody writes more, and each takes time to parse."""

_RUNNERS = (
    ("uv.lock", "uv", "uv run ", "uv sync"),
    ("poetry.lock", "poetry", "poetry run ", "poetry install"),
    ("pdm.lock", "pdm", "pdm run ", "pdm install"),
    ("Pipfile", "pipenv", "pipenv run ", "pipenv install --dev"),
)
"""A lock file, its tool's table, what stands before commands, and how to install."""

_SCRIPTS = {
    "test": ("test", "tests"),
    "build": ("build",),
    "lint": ("lint",),
    "format": ("format", "fmt"),
    "typecheck": ("typecheck", "type-check", "types", "mypy"),
    "run": ("dev", "start", "serve", "run"),
    "benchmark": ("bench", "benchmark"),
    "docs": ("docs",),
}
"""Commands of the project schema, and the scripts that are usually called so, the likely first."""

_WORD = re.compile(r"\w[\w.-]*")
_CONDA_NAME = re.compile(r"(?:[\w.-]+::)?([\w.-]+)\s*(?:$|[=<>!~\s\[])")
_FLAGS = re.compile(r"\s(?:--hash|#).*|\\$")


def find(package: Package) -> Iterator[Finding]:
    """Yield what a Python package says. Raises `UnreadableManifest`."""
    pyproject = package.manifest("pyproject.toml")
    data = pyproject.toml() if pyproject else {}
    place = package.place(package.first(*MANIFESTS) or "")
    yield Finding(("languages", NAME), NAME, place)
    setup = package.manifest("setup.cfg")
    packages: dict[str, Manifest] = {}
    for manifest, names in _requirements(package, pyproject, data):
        packages |= {name: manifest for name in names if name not in packages}
    if pyproject:
        yield from _project(pyproject, data)
    if setup:
        yield from _setup_cfg_project(setup)
    yield from _versions(package, pyproject, data, setup)
    yield from TOOLS.find(NAME, packages, lambda name: packages[name].word(name))
    configured = {each.value: each for each in _configured(package, pyproject, data, setup)}
    yield from configured.values()
    if pyproject:
        yield from _scripts(pyproject, data)
    yield from _commands(package, pyproject, data, {*packages, *configured})
    yield from _paths(package, data)


def _project(pyproject: Manifest, data: dict[str, object]) -> Iterator[Finding]:
    poetry = within(data, "tool", "poetry")
    for field in ("name", "description", "version"):
        value = within(data, "project", field) or within(poetry, field)
        if (text := plain_text(value)) is not None:
            yield Finding(("project", field), text, pyproject.key(field, *_ABOUT))
    terms = within(data, "project", "license") or within(poetry, "license")
    terms = within(terms, "text") if isinstance(terms, dict) else terms
    if isinstance(terms, str) and len(terms) < 60 and (text := plain_text(terms)):
        yield Finding(("project", "license"), text, pyproject.key("license", *_ABOUT))
    urls = {**mapping(within(poetry, "urls")), **mapping(within(data, "project", "urls"))}
    urls |= {"repository": within(poetry, "repository")} if within(poetry, "repository") else {}
    for label, url in urls.items():
        if re.sub(r"[^a-z]", "", label.lower()) in _REPOSITORY_LABELS and isinstance(url, str):
            yield Finding(("project", "repository"), url, pyproject.word(url))


_ABOUT = ("project", "tool.poetry")
"""Tables that tell what a package is."""
_REPOSITORY_LABELS = {"repository", "source", "sourcecode", "github", "code"}
"""https://packaging.python.org/en/latest/specifications/well-known-project-urls/."""


def _requirements(
    package: Package, pyproject: Manifest | None, data: dict[str, object]
) -> Iterator[tuple[Manifest, Iterable[str]]]:
    """Yield each file that names packages, with their names."""
    if pyproject:
        yield pyproject, _declared(data)
    if setup := package.manifest("setup.cfg"):
        yield setup, _setup_cfg_requirements(setup)
    folder = Package(package.tree, package.path("requirements"))
    files = [package.manifest(name) for name in package.matching("requirements*.txt")]
    files += [folder.manifest(name) for name in folder.matching("*.txt")]
    yield from ((each, _required(each)) for each in files if each)
    if pipfile := package.manifest("Pipfile"):
        yield pipfile, _in_pipfile(pipfile)
    if (name := package.first(*CONDA)) and (environment := package.manifest(name)):
        yield environment, _in_environment(environment)


def _required(manifest: Manifest) -> Iterator[str]:
    """Yield the packages that a requirements file names."""
    return _names(_FLAGS.sub("", line) for line in manifest.text.splitlines())


def _in_pipfile(manifest: Manifest) -> Iterator[str]:
    said = manifest.toml()
    tables = (said.get("packages"), said.get("dev-packages"))
    return (canonicalize_name(name) for table in tables for name in mapping(table))


def _in_environment(manifest: Manifest) -> Iterator[str]:
    """Yield the packages of an environment of conda, and those that pip gets in it.

    https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html.
    """
    said = within(manifest.yaml(), "dependencies")
    for each in said if isinstance(said, list) else ():
        if not isinstance(each, str):
            yield from _names(texts(within(each, "pip")))
        elif name := _CONDA_NAME.match(each):
            yield canonicalize_name(name[1])


def _declared(data: dict[str, object]) -> Iterator[str]:
    """Yield the packages that a pyproject.toml depends on, in whichever dialect."""
    project, tool = mapping(data.get("project")), mapping(data.get("tool"))
    lists = [project.get("dependencies"), within(tool, "uv", "dev-dependencies")]
    groups = (
        project.get("optional-dependencies"),
        data.get("dependency-groups"),
        within(tool, "pdm", "dev-dependencies"),
    )
    lists += [each for group in groups for each in mapping(group).values()]
    for environment in mapping(within(tool, "hatch", "envs")).values():
        lists += [within(environment, key) for key in ("dependencies", "extra-dependencies")]
    yield from (name for each in lists for name in _names(texts(each)))
    poetry = mapping(tool.get("poetry"))
    tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    tables += [within(each, "dependencies") for each in mapping(poetry.get("group")).values()]
    yield from (canonicalize_name(name) for each in tables for name in mapping(each))


def _names(requirements: Iterable[str]) -> Iterator[str]:
    for line in islice(requirements, MOST_REQUIREMENTS):
        try:
            yield canonicalize_name(Requirement(line.strip()).name)
        except ValueError:  # `InvalidRequirement` is one, and so is a number without end
            continue  # an option, a path or an address, which names nothing for certain


@lru_cache(maxsize=1)
def _setup_cfg(manifest: Manifest) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(manifest.text)
    except configparser.Error:
        raise UnreadableManifest(manifest.path, "it is not an INI file") from None
    return parser


def _setup_cfg_requirements(manifest: Manifest) -> Iterator[str]:
    said = _setup_cfg(manifest)
    yield from _names(said.get("options", "install_requires", fallback="").splitlines())
    if said.has_section("options.extras_require"):
        for _, extra in said.items("options.extras_require"):
            yield from _names(extra.splitlines())


def _setup_cfg_project(manifest: Manifest) -> Iterator[Finding]:
    said = _setup_cfg(manifest)
    for field in ("name", "description", "version"):
        text = plain_text(said.get("metadata", field, fallback=None))
        if text and not text.startswith(("attr:", "file:")):
            yield Finding(("project", field), text, manifest.key(field))


def _versions(
    package: Package, pyproject: Manifest | None, data: dict[str, object], setup: Manifest | None
) -> Iterator[Finding]:
    key = ("languages", NAME, "version")
    pin = package.manifest(".python-version")
    if pin and (version := version_number(pin.text.split("\n")[0])):
        yield Finding(key, version, Place(pin.path, 1))
    for wanted, place in _allowed(pyproject, data, setup):
        if single := _single_version(wanted):
            yield Finding(key, single, place)
        elif said := plain_text(wanted):
            remark = f"{place} allows {said}: write the one version that you test with"
            yield Finding(key, "", place, remark=remark)


def _allowed(
    pyproject: Manifest | None, data: dict[str, object], setup: Manifest | None
) -> Iterator[tuple[str, Place]]:
    """Yield what files say of versions of Python, and where."""
    wanted = within(data, "project", "requires-python")
    field = "requires-python" if wanted else "python"
    wanted = wanted or within(data, "tool", "poetry", "dependencies", "python")
    if pyproject and isinstance(wanted, str):
        yield wanted, pyproject.key(field)
    said = _setup_cfg(setup).get("options", "python_requires", fallback=None) if setup else None
    if setup and said:
        yield said, setup.key("python_requires")


def _single_version(wanted: str) -> str | None:
    """Return the one minor version that a specifier allows, if it is one.

    `~3.12` is Poetry's, and allows just that (https://python-poetry.org/docs/dependency-specification/).
    """
    if match := re.fullmatch(r"~\s*(3\.\d+)(?:\.\d+)?", wanted):
        return match[1]
    if len(wanted) > LONGEST_SPECIFIER:
        return None
    try:
        allowed = SpecifierSet(wanted)
    except ValueError:  # `InvalidSpecifier` is one
        return None
    minors = [f"3.{minor}" for minor in range(40)]
    found = [each for each in minors if any(allowed.contains(f"{each}.{n}") for n in (0, 5, 99))]
    return found[0] if len(found) == 1 else None


def _configured(
    package: Package, pyproject: Manifest | None, data: dict[str, object], setup: Manifest | None
) -> Iterator[Finding]:
    """Yield the tools that are set up here, with where their settings are."""
    found: dict[str, Place] = {}
    for tool in mapping(data.get("tool")) if pyproject else ():
        if pyproject and tool in _SAID_BY_TABLES:
            found[tool] = pyproject.word(f"tool.{tool}")
    for section in _setup_cfg(setup).sections() if setup else ():
        tool = section.removeprefix("tool:")
        if setup and tool in _SAID_BY_TABLES:
            found.setdefault(tool, setup.word(section))
    for name, tool in _SAID_BY_FILES.items():
        if package.has(name):
            found.setdefault(tool, package.place(name))
    for tool, place in found.items():
        yield Finding(("languages", NAME, _SAID_BY_TABLES[tool]), tool, place)


def _scripts(pyproject: Manifest, data: dict[str, object]) -> Iterator[Finding]:
    """Yield the scripts of Hatch, PDM and Poe that are called what they are for."""
    tool = data.get("tool")
    environments = mapping(within(tool, "hatch", "envs"))
    names = [name for name in environments if _WORD.fullmatch(name) and name != "default"]
    scripts = {
        "hatch run ": within(environments, "default", "scripts"),
        **{f"hatch run {name}:": within(environments, name, "scripts") for name in names},
        "pdm run ": within(tool, "pdm", "scripts"),
        "poe ": within(tool, "poe", "tasks"),
    }
    for run, known in scripts.items():
        for command, candidates in _SCRIPTS.items():
            if name := next((each for each in candidates if each in mapping(known)), None):
                yield Finding(("commands", command), f"{run}{name}", pyproject.key(name))


def _commands(
    package: Package, pyproject: Manifest | None, data: dict[str, object], tools: set[str]
) -> Iterator[Finding]:
    place = pyproject.place if pyproject else package.place(package.first(*MANIFESTS) or "")
    run, install, by = _runner(package, data)
    if install:
        yield Finding(("commands", "install"), install, by or place)
    for name, command in _tool_commands(tools, data).items():
        yield Finding(("commands", name), f"{run}{command}", place)
    if package.has("manage.py"):
        django = package.place("manage.py")
        if not tools & {"pytest", "pytest-django"}:
            yield Finding(("commands", "test"), f"{run}python manage.py test", django)
        yield Finding(("commands", "run"), f"{run}python manage.py runserver", django)
        yield Finding(("commands", "migrate"), f"{run}python manage.py migrate", django)
    if package.has("alembic.ini"):
        where = package.place("alembic.ini")
        yield Finding(("commands", "migrate"), f"{run}alembic upgrade head", where)
    if package.has("mkdocs.yml"):
        yield Finding(("commands", "docs"), f"{run}mkdocs build", package.place("mkdocs.yml"))


def _tool_commands(tools: set[str], data: dict[str, object]) -> dict[str, str]:
    """Return the commands that the tools in use mean."""
    has_own_files = any(within(data, "tool", "mypy", key) for key in ("files", "packages"))
    linter = "ruff check ." if "ruff" in tools else "flake8" if "flake8" in tools else ""
    is_black = "black" in tools and ("ruff" not in tools or "black" in mapping(data.get("tool")))
    formatter = "black ." if is_black else "ruff format ." if "ruff" in tools else ""
    checker = ("mypy" if has_own_files else "mypy .") if "mypy" in tools else ""
    checker = checker or ("pyright" if "pyright" in tools else "")
    test = next((each for each in ("pytest", "tox", "nox") if each in tools), "")
    wanted = {"test": test, "lint": linter, "format": formatter, "typecheck": checker}
    return {name: command for name, command in wanted.items() if command}


def _runner(package: Package, data: dict[str, object]) -> tuple[str, str, Place | None]:
    """Return what stands before commands, how to install, and what says so."""
    tool = mapping(data.get("tool"))
    for lock, _, run, install in _RUNNERS:
        if package.has(lock):
            return run, install, package.place(lock)
        if above := next((each for each in package.above() if each.has(lock)), None):
            return run, "", above.place(lock)
    for _, table, run, install in _RUNNERS:
        if table in tool and (table != "poetry" or _POETRY_KEYS & mapping(tool[table]).keys()):
            return run, install, None
    return "", *_installed_by_pip(package, data)


_POETRY_KEYS = {"dependencies", "group", "dev-dependencies"}
"""Keys of Poetry's table that say that it installs the project; others also serve other tools."""
_LISTS = (
    *("requirements-dev.txt", "requirements/dev.txt", "dev-requirements.txt"),
    *("requirements.txt", "requirements/base.txt"),
)
"""Files of requirements, those that are for developers first."""


def _installed_by_pip(package: Package, data: dict[str, object]) -> tuple[str, Place | None]:
    """Return how pip installs the package, if it is one, and what developers need."""
    extras = mapping(within(data, "project", "optional-dependencies"))
    if extra := next((each for each in ("dev", "test", "tests") if each in extras), None):
        return f"python -m pip install -e '.[{extra}]'", None
    file = package.first(*_LISTS)
    if not file and (environment := package.first(*CONDA)):
        return f"conda env update --file {environment}", package.place(environment)
    wanted = ["-e ."] if "project" in data or package.has("setup.py") else []
    wanted += [f"-r {file}"] if file else []
    if not wanted:
        return "", None
    return f"python -m pip install {' '.join(wanted)}", package.place(file) if file else None


def _paths(package: Package, data: dict[str, object]) -> Iterator[Finding]:
    name = within(data, "project", "name") or within(data, "tool", "poetry", "name")
    if isinstance(name, str) and not package.has_folder("src"):
        folder = canonicalize_name(name).replace("-", "_")
        if package.has(f"{folder}/__init__.py"):
            yield Finding(("paths", "source"), package.path(folder), package.place(folder))
