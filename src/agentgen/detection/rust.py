"""Rust: Cargo.toml, of a package or a workspace (https://doc.rust-lang.org/cargo/reference/)."""

from collections.abc import Iterator

from agentgen.detection.finding import Finding, Place, plain_text, version_number
from agentgen.detection.known import Tools, named
from agentgen.detection.tree import Manifest, Package, mapping, texts, within

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
_ABOUT = ("package", "workspace.package")
"""Tables that tell what a package is."""
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
    yield Finding(("languages", NAME, "testing"), "cargo test", manifest.place)
    yield from TOOLS.find(NAME, _packages(data), manifest.word)
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
            yield Finding(("project", field), text, manifest.key(field, *_ABOUT))
    if isinstance(url := said.get("repository"), str):
        yield Finding(("project", "repository"), url, manifest.key("repository", *_ABOUT))


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


def _packages(data: dict[str, object]) -> Iterator[str]:
    tables = [data.get(key) for key in _DEPENDENCIES]
    tables.append(within(data, "workspace", "dependencies"))
    return (name for table in tables for name in mapping(table))


def _linters(
    package: Package, manifest: Manifest, data: dict[str, object], everything: str
) -> Iterator[Finding]:
    lints = within(data, "lints", "clippy") or within(data, "workspace", "lints", "clippy")
    file = package.first("clippy.toml", ".clippy.toml")
    place = package.place(file) if file else manifest.word("clippy") if lints else None
    if place := place or _component(package, "clippy"):
        yield Finding(("languages", NAME, "linting"), "clippy", place)
        yield Finding(("commands", "lint"), f"cargo clippy{everything}", place)
    formatting = package.first("rustfmt.toml", ".rustfmt.toml")
    place = package.place(formatting) if formatting else _component(package, "rustfmt")
    if place:
        yield Finding(("languages", NAME, "linting"), "rustfmt", place)


def _component(package: Package, name: str) -> Place | None:
    """Return where the toolchain's file asks for a component (https://rust-lang.github.io/rustup/)."""
    for folder in (package, *package.above()):
        toolchain = folder.manifest("rust-toolchain.toml")
        if toolchain and name in texts(within(toolchain.toml(), "toolchain", "components")):
            return toolchain.word(name)
    return None
