"""Python: pyproject.toml in all its dialects, requirements, setup.cfg, Pipfile.

The forms are those of https://packaging.python.org/en/latest/specifications/pyproject-toml/ and
https://peps.python.org/pep-0735/, and of the manuals of Poetry, PDM, uv and Hatch.
"""

import configparser
import re
from collections.abc import Iterable, Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
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
MANIFESTS = ("pyproject.toml", "requirements.txt", "setup.cfg", "setup.py", "Pipfile")
ALSO_READ = ("requirements*.txt", ".python-version")

TOOLS = Tools(
    frameworks=named(
        "django djangorestframework fastapi flask starlette litestar aiohttp tornado sanic "
        "sqlalchemy sqlmodel celery pydantic click typer textual streamlit gradio dash "
        "torch=pytorch tensorflow keras scikit-learn xgboost lightgbm transformers jax "
        "numpy pandas polars pyspark dask ray mlflow dvc wandb jupyter jupyterlab "
        "apache-airflow=airflow dagster prefect dbt-core=dbt luigi langchain grpcio=grpc "
        "strawberry-graphql graphene scrapy jinja2"
    ),
    testing=named("pytest hypothesis tox nox behave robotframework locust"),
    linting=named("ruff black isort flake8 pylint"),
    type_checking=named("mypy pyright basedpyright pyre-check ty"),
)
_SAID_BY_TABLES = {"ruff": "linting", "black": "linting", "mypy": "type_checking"} | {
    "pyright": "type_checking",
    "pytest": "testing",
    "basedpyright": "type_checking",
}
"""Tools whose settings in pyproject.toml are proof enough that they are used."""

_RUNNERS = (
    ("uv.lock", "uv", "uv run ", "uv sync"),
    ("poetry.lock", "poetry", "poetry run ", "poetry install"),
    ("pdm.lock", "pdm", "pdm run ", "pdm install"),
    ("Pipfile", "pipenv", "pipenv run ", "pipenv install --dev"),
)
"""A lock file, its tool's table, what stands before commands, and how to install."""

_FLAGS = re.compile(r"\s(?:--hash|#).*|\\$")


def find(package: Package) -> Iterator[Finding]:
    """Yield what a Python package says. Raises `UnreadableManifest`."""
    pyproject = package.manifest("pyproject.toml")
    data = pyproject.toml() if pyproject else {}
    place = package.place(package.first(*MANIFESTS) or "")
    yield Finding(("languages", NAME), NAME, place)
    packages = dict(_packages(package, pyproject, data))
    if pyproject:
        yield from _project(pyproject, data)
    elif setup := package.manifest("setup.cfg"):
        yield from _setup_cfg_project(setup)
    yield from _versions(package, pyproject, data)
    yield from TOOLS.find(NAME, packages.items())
    yield from _configured(pyproject, data)
    tools = {*packages, *mapping(data.get("tool"))}
    yield from _commands(package, pyproject, data, tools)
    yield from _paths(package, data)


def _project(pyproject: Manifest, data: dict[str, object]) -> Iterator[Finding]:
    poetry = within(data, "tool", "poetry")
    for field in ("name", "description", "version"):
        value = within(data, "project", field) or within(poetry, field)
        if (text := plain_text(value)) is not None:
            yield Finding(("project", field), text, pyproject.key(field))
    terms = within(data, "project", "license") or within(poetry, "license")
    terms = within(terms, "text") if isinstance(terms, dict) else terms
    if isinstance(terms, str) and len(terms) < 60 and (text := plain_text(terms)):
        yield Finding(("project", "license"), text, pyproject.key("license"))
    urls = {**mapping(within(poetry, "urls")), **mapping(within(data, "project", "urls"))}
    urls |= {"repository": within(poetry, "repository")} if within(poetry, "repository") else {}
    for label, url in urls.items():
        if re.sub(r"[^a-z]", "", label.lower()) in _REPOSITORY_LABELS and isinstance(url, str):
            yield Finding(("project", "repository"), url, pyproject.word(url))


_REPOSITORY_LABELS = {"repository", "source", "sourcecode", "github", "code"}
"""https://packaging.python.org/en/latest/specifications/well-known-project-urls/."""


def _packages(
    package: Package, pyproject: Manifest | None, data: dict[str, object]
) -> Iterator[tuple[str, Place]]:
    sources: list[tuple[Manifest, Iterable[str]]] = []
    if pyproject:
        sources.append((pyproject, _declared(data)))
    if setup := package.manifest("setup.cfg"):
        sources.append((setup, _setup_cfg_requirements(setup)))
    files = map(package.manifest, package.matching("requirements*.txt"))
    sources += [(each, _required(each)) for each in files if each]
    if pipfile := package.manifest("Pipfile"):
        sources.append((pipfile, _in_pipfile(pipfile)))
    for manifest, names in sources:
        for name in names:
            yield name, manifest.word(name)


def _required(manifest: Manifest) -> Iterator[str]:
    """Yield the packages that a requirements file names."""
    return _names(_FLAGS.sub("", line) for line in manifest.text.splitlines())


def _in_pipfile(manifest: Manifest) -> Iterator[str]:
    said = manifest.toml()
    tables = (said.get("packages"), said.get("dev-packages"))
    return (canonicalize_name(name) for table in tables for name in mapping(table))


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
    for line in requirements:
        try:
            yield canonicalize_name(Requirement(line.strip()).name)
        except InvalidRequirement:
            continue  # an option, a path or an address, which names nothing for certain


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
    package: Package, pyproject: Manifest | None, data: dict[str, object]
) -> Iterator[Finding]:
    key = ("languages", NAME, "version")
    pin = package.manifest(".python-version")
    if pin and (version := version_number(pin.text.split("\n")[0])):
        yield Finding(key, version, Place(pin.path, 1))
    wanted = within(data, "project", "requires-python")
    field = "requires-python" if wanted else "python"
    wanted = wanted or within(data, "tool", "poetry", "dependencies", "python")
    if pyproject and isinstance(wanted, str):
        place = pyproject.key(field)
        if single := _single_version(wanted):
            yield Finding(key, single, place)
        elif said := plain_text(wanted):
            remark = f"{place} allows {said}: write the one version that you test with"
            yield Finding(key, "", place, remark=remark)


def _single_version(wanted: str) -> str | None:
    """Return the one minor version that a specifier allows, if it is one.

    `~3.12` is Poetry's, and allows just that (https://python-poetry.org/docs/dependency-specification/).
    """
    if match := re.fullmatch(r"~\s*(3\.\d+)(?:\.\d+)?", wanted):
        return match[1]
    try:
        allowed = SpecifierSet(wanted)
    except InvalidSpecifier:
        return None
    minors = [f"3.{minor}" for minor in range(40)]
    found = [each for each in minors if any(allowed.contains(f"{each}.{n}") for n in (0, 5, 99))]
    return found[0] if len(found) == 1 else None


def _configured(pyproject: Manifest | None, data: dict[str, object]) -> Iterator[Finding]:
    for tool in mapping(data.get("tool")) if pyproject else ():
        if pyproject and (key := _SAID_BY_TABLES.get(tool)):
            yield Finding(("languages", NAME, key), tool, pyproject.word(f"tool.{tool}"))


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
    test = "pytest" if "pytest" in tools else ""
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
        if table in tool and (table != "poetry" or "dependencies" in mapping(tool[table])):
            return run, install, None
    return "", *_installed_by_pip(package, data)


def _installed_by_pip(package: Package, data: dict[str, object]) -> tuple[str, Place | None]:
    if file := package.first("requirements-dev.txt", "requirements.txt"):
        return f"python -m pip install -r {file}", package.place(file)
    if "project" not in data:
        return "", None
    extras = mapping(within(data, "project", "optional-dependencies"))
    extra = next((each for each in ("dev", "test", "tests") if each in extras), None)
    where = f"'.[{extra}]'" if extra else "."
    return f"python -m pip install -e {where}", None


def _paths(package: Package, data: dict[str, object]) -> Iterator[Finding]:
    name = within(data, "project", "name") or within(data, "tool", "poetry", "name")
    if isinstance(name, str) and not package.has_folder("src"):
        folder = canonicalize_name(name).replace("-", "_")
        if package.has(f"{folder}/__init__.py"):
            yield Finding(("paths", "source"), package.path(folder), package.place(folder))
