"""JavaScript and TypeScript: package.json, and the lock file that tells the package manager.

https://docs.npmjs.com/cli/configuring-npm/package-json; `packageManager` is that of
https://nodejs.org/api/packages.html#packagemanager.
"""

import re
from collections.abc import Iterator

from agentgen.detection.finding import Finding, Place, plain_text
from agentgen.detection.known import Tools, named
from agentgen.detection.tree import Manifest, Package, mapping, within

NAME = "javascript"
MANIFESTS = ("package.json",)
ALSO_READ = ()

TOOLS = Tools(
    frameworks=named(
        "react react-native expo next vue nuxt svelte @sveltejs/kit=sveltekit "
        "@angular/core=angular "
        "solid-js astro remix @remix-run/react=remix gatsby preact ember-source=ember lit "
        "express fastify koa hono @nestjs/core=nestjs @hapi/hapi=hapi prisma @prisma/client=prisma "
        "drizzle-orm typeorm sequelize mongoose graphql @trpc/server=trpc @apollo/server=apollo "
        "electron @capacitor/core=capacitor @ionic/core=ionic tailwindcss vite turbo nx redux "
        "@tanstack/react-query three d3"
    ),
    testing=named(
        "jest vitest mocha ava jasmine-core=jasmine @playwright/test=playwright playwright cypress "
        "@testing-library/react=testing-library qunit tap"
    ),
    linting=named(
        "eslint prettier @biomejs/biome=biome stylelint oxlint standard xo tslint=tslint"
    ),
    type_checking=named("typescript=tsc vue-tsc svelte-check"),
)
LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
SCRIPTS = {
    "test": ("test", "test:unit"),
    "build": ("build",),
    "lint": ("lint",),
    "format": ("format", "fmt", "prettier", "format:write"),
    "typecheck": ("typecheck", "type-check", "check-types", "check:types", "types", "tsc"),
    "run": ("dev", "start", "serve"),
    "e2e": ("test:e2e", "e2e"),
    "benchmark": ("bench", "benchmark"),
    "migrate": ("migrate", "db:migrate"),
    "docs": ("docs", "docs:build", "build:docs"),
}
"""Commands of the project schema, and the scripts that are usually called so, the likely first."""

_DEPENDENCIES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_NOTHING = "no test specified"  # what `npm init` writes
_CHECKS_ONLY = re.compile(r"--check\b|(?:^|\s)-c(?:\s|$)|--list-different\b")


def find(package: Package) -> Iterator[Finding]:
    """Yield what a package.json says. Raises `UnreadableManifest`."""
    manifest = package.manifest("package.json")
    if manifest is None:
        return
    data = manifest.json()
    sections = {name: key for key in _DEPENDENCIES for name in mapping(data.get(key))}

    def place_of(name: str) -> Place:
        return manifest.key_below(name, sections[name])

    language, place = _language(package, manifest)
    yield Finding(("languages", language), language, place)
    yield from _project(manifest, data)
    wanted = [name for name in sections if (language, name) != ("javascript", "typescript")]
    yield from TOOLS.find(language, wanted, place_of)
    yield from _commands(package, manifest, data)


def _language(package: Package, manifest: Manifest) -> tuple[str, Place]:
    """Return the language, and what says so.

    That the compiler is a dependency says nothing: many use it to look at JavaScript.
    """
    if (settings := package.first("tsconfig.json", "tsconfig.base.json")) is not None:
        return "typescript", package.place(settings)
    written = [path for path in package.below() if path.endswith((".ts", ".tsx"))]
    written = [path for path in written if not path.endswith(".d.ts")]
    others = sum(path.endswith((".js", ".jsx", ".mjs", ".cjs")) for path in package.below())
    if len(written) > others:
        return "typescript", Place(min(written))
    return "javascript", manifest.place


def _project(manifest: Manifest, data: dict[str, object]) -> Iterator[Finding]:
    for field in ("name", "description", "version", "license"):
        text = plain_text(data.get(field))
        if text and not (field == "license" and text.startswith("SEE ")):
            yield Finding(("project", field), text, manifest.key(field))
    repository = data.get("repository")
    url = within(repository, "url") if isinstance(repository, dict) else repository
    if isinstance(url, str):
        yield Finding(("project", "repository"), url, manifest.key("repository"))


def package_manager(package: Package, data: dict[str, object]) -> tuple[str, Place] | None:
    """Return the package manager and what says so; None where nothing does."""
    said = data.get("packageManager")
    name = said.partition("@")[0] if isinstance(said, str) else ""
    if name in LOCKS.values():
        manifest = package.manifest("package.json")
        assert manifest is not None  # noqa: S101 - the data is from there
        return name, manifest.key("packageManager")
    lock = package.first(*LOCKS)
    return (LOCKS[lock], package.place(lock)) if lock else None


def _commands(package: Package, manifest: Manifest, data: dict[str, object]) -> Iterator[Finding]:
    found = package_manager(package, data) or _managed_above(package)
    manager, by = found or ("npm", manifest.place)
    if not package.folder or package.first(*LOCKS):
        is_locked = manager == "npm" and package.has("package-lock.json", "npm-shrinkwrap.json")
        install = "npm ci" if is_locked else f"{manager} install"
        yield Finding(("commands", "install"), install, by)
    scripts = mapping(data.get("scripts"))
    for command, names in SCRIPTS.items():
        for name in names:
            text = scripts.get(name)
            if not isinstance(text, str) or _NOTHING in text:
                continue
            if command == "format" and _CHECKS_ONLY.search(text):
                continue
            yield Finding(
                ("commands", command), _run(manager, name), manifest.key_below(name, "scripts")
            )
            break


def _managed_above(package: Package) -> tuple[str, Place] | None:
    for above in package.above():
        if lock := above.first(*LOCKS):
            return LOCKS[lock], above.place(lock)
    return None


def _run(manager: str, script: str) -> str:
    if manager == "npm":
        return f"npm {script}" if script in ("test", "start") else f"npm run {script}"
    if manager == "bun":
        return f"bun run {script}"
    return f"{manager} {script}" if script != "install" else f"{manager} run {script}"
