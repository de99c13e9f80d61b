"""Languages of which the manifest's name tells most: Dart, Elixir, Swift, Scala, Haskell, C, C++.

Of Dart's `pubspec.yaml` (https://dart.dev/tools/pub/pubspec) the text is read too, and of a
`mix.exs`, which is a program, the packages in `{:name, …}`.
"""

import re
from collections.abc import Iterator

from agentgen.detection.finding import Finding, plain_text
from agentgen.detection.known import Tools, named
from agentgen.detection.tree import Manifest, Package, mapping

NAME = "others"
PUBSPEC, MIX = "pubspec.yaml", "mix.exs"
_LANGUAGES = {
    PUBSPEC: "dart",
    MIX: "elixir",
    "Package.swift": "swift",
    "build.sbt": "scala",
    "stack.yaml": "haskell",
    "cabal.project": "haskell",
}
_CMAKE = "CMakeLists.txt"
MANIFESTS = (*_LANGUAGES, _CMAKE)
ALSO_READ = ()

_DART = Tools(
    frameworks=named("flutter riverpod=riverpod flutter_riverpod=riverpod flutter_bloc=bloc"),
    testing=named("test=dart-test flutter_test mocktail mockito"),
    linting=named("flutter_lints lints=dart-lints very_good_analysis"),
)
_ELIXIR = Tools(
    frameworks=named("phoenix phoenix_live_view ecto_sql=ecto absinthe oban ash"),
    linting=named("credo"),
    type_checking=named("dialyxir=dialyzer"),
)
TOOLS = Tools(
    frameworks={**_DART.frameworks, **_ELIXIR.frameworks},
    testing=_DART.testing,
    linting={**_DART.linting, **_ELIXIR.linting},
    type_checking=_ELIXIR.type_checking,
)
_COMMANDS = {
    "elixir": {
        "install": "mix deps.get",
        "build": "mix compile",
        "test": "mix test",
        "format": "mix format",
    },
    "swift": {"build": "swift build", "test": "swift test"},
    "scala": {"build": "sbt compile", "test": "sbt test"},
}
_IN_MIX = re.compile(r"\{\s*:(\w+)\s*,")


def find(package: Package) -> Iterator[Finding]:
    """Yield what the names of manifests say, and the text of some. Raises `UnreadableManifest`."""
    for name, language in _LANGUAGES.items():
        if package.has(name):
            place = package.place(name)
            yield Finding(("languages", language), language, place)
            for command, text in _COMMANDS.get(language, {}).items():
                yield Finding(("commands", command), text, place)
    if pubspec := package.manifest(PUBSPEC):
        yield from _pubspec(pubspec)
    if mix := package.manifest(MIX):
        yield Finding(("languages", "elixir", "testing"), "exunit", mix.place)
        yield from _ELIXIR.find("elixir", dict.fromkeys(_IN_MIX.findall(mix.text)), mix.word)
    if package.has(_CMAKE) and not package.folder:
        language = "c++" if _count(package, ".cpp", ".cc", ".cxx", ".hpp") else "c"
        yield Finding(("languages", language), language, package.place(_CMAKE))


def _count(package: Package, *endings: str) -> int:
    return sum(path.endswith(endings) for path in package.below())


def _pubspec(manifest: Manifest) -> Iterator[Finding]:
    data = manifest.yaml()
    for field in ("name", "description", "version"):
        if (text := plain_text(data.get(field))) is not None:
            yield Finding(("project", field), text, manifest.key(field))
    wanted = [
        name for key in ("dependencies", "dev_dependencies") for name in mapping(data.get(key))
    ]
    yield from _DART.find("dart", wanted, manifest.word)
    program = "flutter" if "flutter" in wanted else "dart"
    for command, text in {
        "install": f"{program} pub get",
        "test": f"{program} test",
        "lint": f"{program} analyze",
        "format": "dart format .",
    }.items():
        yield Finding(("commands", command), text, manifest.place)
