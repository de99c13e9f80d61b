"""Go: go.mod, whose lines are words (https://go.dev/ref/mod#go-mod-file)."""

from collections.abc import Iterator

from agentgen.detection.finding import Finding, Place, version_number
from agentgen.detection.known import Tools, named
from agentgen.detection.tree import Manifest, Package

NAME = "go"
MANIFESTS = ("go.mod",)
ALSO_READ = ()

TOOLS = Tools(
    frameworks=named(
        "github.com/gin-gonic/gin=gin github.com/labstack/echo=echo github.com/go-chi/chi=chi "
        "github.com/gofiber/fiber=fiber github.com/gorilla/mux=gorilla google.golang.org/grpc=grpc "
        "connectrpc.com/connect=connect gorm.io/gorm=gorm github.com/jackc/pgx=pgx "
        "entgo.io/ent=ent github.com/spf13/cobra=cobra "
        "github.com/charmbracelet/bubbletea=bubbletea "
        "k8s.io/client-go=client-go sigs.k8s.io/controller-runtime=controller-runtime "
        "github.com/99designs/gqlgen=gqlgen go.temporal.io/sdk=temporal"
    ),
    testing=named(
        "github.com/stretchr/testify=testify github.com/onsi/ginkgo=ginkgo "
        "github.com/testcontainers/testcontainers-go=testcontainers"
    ),
)
_LINTER_FILES = (".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json")


def find(package: Package) -> Iterator[Finding]:
    """Yield what a go.mod says."""
    manifest = package.manifest("go.mod")
    if manifest is None:
        return
    lines = list(_directives(manifest))
    yield Finding(("languages", NAME), NAME, manifest.place)
    yield from _said(lines)
    yield Finding(("languages", NAME, "testing"), "go test", manifest.place)
    direct = {_unversioned(words[1]): place for words, place in lines if words[0] == "require"}
    yield from TOOLS.find(NAME, direct, direct.__getitem__)
    for command, text in _COMMANDS.items():
        yield Finding(("commands", command), text, manifest.place)
    for folder in (package, *package.above()):
        linter = folder.first(*_LINTER_FILES)
        if linter is None:
            continue
        place = folder.place(linter)
        yield Finding(("languages", NAME, "linting"), "golangci-lint", place)
        yield Finding(("commands", "lint"), "golangci-lint run", place)
        break


_COMMANDS = {
    "install": "go mod download",
    "build": "go build ./...",
    "test": "go test ./...",
    "format": "gofmt -w .",
}


def _said(lines: list[tuple[list[str], Place]]) -> Iterator[Finding]:
    for words, place in lines:
        if words[0] == "module":
            name = _unversioned(words[1]).rpartition("/")[2]
            yield Finding(("project", "name"), name, place)
            if words[1].startswith(("github.com/", "gitlab.com/", "codeberg.org/")):
                owner_and_name = "/".join(words[1].split("/")[:3])
                yield Finding(("project", "repository"), f"https://{owner_and_name}", place)
    for words, place in sorted(lines, key=lambda each: each[0][0] != "toolchain"):
        if words[0] in ("go", "toolchain") and (
            version := version_number(words[1].removeprefix("go"))
        ):
            minor = ".".join(version.split(".")[:2])
            yield Finding(("languages", NAME, "version"), minor, place)


def _directives(manifest: Manifest) -> Iterator[tuple[list[str], Place]]:
    """Yield each directive as its words; a line of a block begins with the block's name."""
    block = ""
    for number, line in enumerate(manifest.text.splitlines(), start=1):
        code, _, comment = line.partition("//")
        words = code.split()
        if block and words == [")"]:
            block = ""
        elif len(words) == 2 and words[1] == "(":
            block = words[0]
        elif words and "indirect" not in comment:
            whole = [block, *words] if block else words
            if len(whole) > 1:
                yield [word.strip('"') for word in whole], Place(manifest.path, number)


def _unversioned(module: str) -> str:
    """Return a module's path without its major version (`…/echo/v4`)."""
    path, _, last = module.rpartition("/")
    return path if last[:1] == "v" and last[1:].isdigit() and path else module
