"""Rust: Cargo.toml, of a package or a workspace (https://doc.rust-lang.org/cargo/reference/)."""

from collections.abc import Iterator

from agentgen.detection.finding import Finding, Place, plain_text, version_number
from agentgen.detection.known import Tools, named
from agentgen.detection.tree import Manifest, Package, mapping, within

NAME = "rust"
MANIFESTS = ("Cargo.toml",)
ALSO_READ = ("rust-toolchain.toml", "rust-toolchain")

TOOLS = Tools(
    frameworks=named(
        "tokio axum actix-web rocket warp hyper tonic=grpc diesel sqlx sea-orm clap serde bevy "
        "tauri leptos yew dioxus ratatui polars candle-core=candle wasm-bindgen"
        " embassy-executor=embassy"
    ),
    testing=named("proptest quickcheck rstest insta criterion"),
)
_DEPENDENCIES = ("dependencies", "dev-dependencies", "build-dependencies")


def find(package: Package) -> Iterator[Finding]:
    """Yield what a Cargo.toml says. Raises `UnreadableManifest`."""
    manifest = package.manifest("Cargo.toml")
    if manifest is None:
        return
    data = manifest.toml()
    yield Finding(("languages", NAME), NAME, manifest.place)
    yield from _project(manifest, data)
    yield from _toolchain(package)
    yield from TOOLS.find(NAME, _packages(manifest, data))
    yield Finding(("languages", NAME, "testing"), "cargo test", manifest.place)
    everything = " --workspace" if "workspace" in data else ""
    yield Finding(("commands", "build"), f"cargo build{everything}", manifest.place)
    yield Finding(("commands", "test"), f"cargo test{everything}", manifest.place)
    yield Finding(("commands", "format"), "cargo fmt", manifest.place)
    yield from _linters(package, manifest, data, everything)
    if package.has_folder("benches"):
        yield Finding(("commands", "benchmark"), "cargo bench", package.place("benches"))


def _project(manifest: Manifest, data: dict[str, object]) -> Iterator[Finding]:
    said = {**mapping(within(data, "workspace", "package")), **mapping(data.get("package"))}
    for field in ("name", "description", "version", "license"):
        if (text := plain_text(said.get(field))) is not None:
            yield Finding(("project", field), text, manifest.key(field))
    if isinstance(url := said.get("repository"), str):
        yield Finding(("project", "repository"), url, manifest.key("repository"))


def _toolchain(package: Package) -> Iterator[Finding]:
    for name in ALSO_READ:
        if manifest := package.manifest(name):
            channel = (
                within(manifest.toml(), "toolchain", "channel")
                if "=" in manifest.text
                else (manifest.text.strip())
            )
            if version := version_number(channel):
                place = manifest.key("channel")
                yield Finding(("languages", NAME, "version"), version, place)


def _packages(manifest: Manifest, data: dict[str, object]) -> Iterator[tuple[str, Place]]:
    tables = [data.get(key) for key in _DEPENDENCIES]
    tables.append(within(data, "workspace", "dependencies"))
    for name in (name for table in tables for name in mapping(table)):
        yield name, manifest.word(name)


def _linters(
    package: Package, manifest: Manifest, data: dict[str, object], everything: str
) -> Iterator[Finding]:
    lints = within(data, "lints", "clippy") or within(data, "workspace", "lints", "clippy")
    file = package.first("clippy.toml", ".clippy.toml")
    if file or lints:
        place = package.place(file) if file else manifest.word("clippy")
        yield Finding(("languages", NAME, "linting"), "clippy", place)
        yield Finding(("commands", "lint"), f"cargo clippy{everything}", place)
    if formatting := package.first("rustfmt.toml", ".rustfmt.toml"):
        yield Finding(("languages", NAME, "linting"), "rustfmt", package.place(formatting))
