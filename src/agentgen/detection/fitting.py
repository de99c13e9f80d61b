"""Which agents of the library suit a project, and why: a table with a line for each agent."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from agentgen.detection.detected import Detected
from agentgen.detection.known import named
from agentgen.detection.tree import Tree
from agentgen.frozen import Frozen

Reason: TypeAlias = Callable[[Detected, Tree], str | None]
EVERYWHERE = "for every project"

_SERVERS = frozenset(
    named(
        "django djangorestframework fastapi flask starlette litestar aiohttp tornado sanic "
        "express fastify koa hono nestjs hapi gin echo chi fiber gorilla grpc connect axum "
        "actix-web rocket warp tonic spring-boot spring quarkus micronaut ktor vertx rails "
        "sinatra hanami grape laravel symfony slim cakephp yii2 codeigniter aspnetcore "
        "api-platform celery sidekiq masstransit temporal"
    )
)
_PAGES = frozenset(
    named(
        "react next vue nuxt svelte sveltekit angular solid-js astro remix gatsby preact ember "
        "lit livewire inertia blazor leptos yew dioxus"
    )
)
_APPS = frozenset(named("react-native expo android compose capacitor ionic maui"))
_MODELS = frozenset(
    named(
        "pytorch tensorflow keras scikit-learn xgboost lightgbm transformers jax mlflow dvc "
        "wandb candle langchain"
    )
)
_ANALYSES = frozenset(named("jupyter jupyterlab pandas polars streamlit dash"))
_PIPELINES = frozenset(named("airflow dagster prefect dbt luigi pyspark spark kafka"))
_STORES = frozenset(
    named(
        "sqlalchemy sqlmodel django prisma drizzle-orm typeorm sequelize mongoose gorm pgx ent "
        "diesel sqlx sea-orm hibernate jpa jooq flyway liquibase rails activerecord laravel "
        "doctrine entity-framework dapper"
    )
)
_INTERFACES = frozenset(
    named("grpc graphql trpc apollo strawberry-graphql graphene gqlgen api-platform connect")
)
_CONTAINERS = ("Dockerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yaml")


class Fit(Frozen):
    """An agent, and why it suits the project."""

    agent: str
    reason: str


def fitting(detected: Detected, tree: Tree) -> tuple[Fit, ...]:
    """Return the agents that suit a project, in the order of the table."""
    found = ((agent, reason(detected, tree)) for agent, reason in REASONS.items())
    return tuple(Fit(agent, reason) for agent, reason in found if reason)


def _always(detected: Detected, tree: Tree) -> str | None:  # noqa: ARG001 - a reason's signature
    return EVERYWHERE


def _uses(names: frozenset[str]) -> Reason:
    def reason(detected: Detected, tree: Tree) -> str | None:  # noqa: ARG001
        return _listed(each for each in _frameworks(detected) if each in names)

    return reason


def _language(*names: str) -> Reason:
    def reason(detected: Detected, tree: Tree) -> str | None:  # noqa: ARG001
        return _listed(each for each in detected.languages if each in names)

    return reason


def _file(*names: str, suffix: str = "") -> Reason:
    def reason(detected: Detected, tree: Tree) -> str | None:  # noqa: ARG001
        found = [each for each in names if each in tree.files]
        found += [each for each in tree.main_files if suffix and each.endswith(suffix)]
        return found[0] if found else None

    return reason


def _key(*key: str) -> Reason:
    def reason(detected: Detected, tree: Tree) -> str | None:  # noqa: ARG001
        value = detected.values.get(key)
        return f"{key[0]}.{key[1]}" if value else None

    return reason


def _first(*reasons: Reason) -> Reason:
    def reason(detected: Detected, tree: Tree) -> str | None:
        return next((said for each in reasons if (said := each(detected, tree))), None)

    return reason


def _frameworks(detected: Detected) -> list[str]:
    lists = (detected.below("languages", name).get("frameworks") for name in detected.languages)
    return [name for each in lists if each for name in each.said]


def _listed(names: Iterable[str]) -> str | None:
    return ", ".join(dict.fromkeys(names)) or None


REASONS: dict[str, Reason] = {
    "code-reviewer": _always,
    "debugger": _always,
    "test-engineer": _always,
    "backend-developer": _uses(_SERVERS),
    "frontend-developer": _uses(_PAGES),
    "mobile-developer": _first(_uses(_APPS), _language("swift", "dart")),
    "api-designer": _first(_key("paths", "contracts"), _uses(_INTERFACES)),
    "database-engineer": _first(_key("paths", "migrations"), _uses(_STORES)),
    "data-engineer": _uses(_PIPELINES),
    "data-scientist": _first(_uses(_ANALYSES), _file(suffix=".ipynb")),
    "ml-engineer": _uses(_MODELS),
    "devops-engineer": _first(_key("paths", "ci"), _file(*_CONTAINERS, suffix=".tf")),
    "performance-engineer": _first(_key("commands", "benchmark"), _key("commands", "load_test")),
    "security-auditor": _uses(_SERVERS),
    "release-manager": _file("CHANGELOG.md", "CHANGES.md", "CHANGELOG.rst", "CHANGES.rst"),
    "technical-writer": _key("paths", "docs"),
}
"""Each agent of the library with what speaks for it."""
