"""C#: the project files of MSBuild (https://learn.microsoft.com/dotnet/core/project-sdk/overview)."""

from collections.abc import Iterator

from agentgen.detection.finding import Finding, plain_text
from agentgen.detection.known import Tools, named
from agentgen.detection.tree import Package
from agentgen.detection.xml import read_xml

NAME = "dotnet"
LANGUAGE = "c#"
MANIFESTS = ("*.csproj", "*.sln", "*.slnx")
ALSO_READ = ()

TOOLS = Tools(
    frameworks=named(
        "Microsoft.EntityFrameworkCore=entity-framework Dapper=dapper MediatR=mediatr "
        "MassTransit=masstransit Grpc.AspNetCore=grpc Serilog=serilog "
        "Npgsql.EntityFrameworkCore.PostgreSQL=entity-framework "
        "Microsoft.EntityFrameworkCore.SqlServer=entity-framework Microsoft.Maui.Controls=maui"
    ),
    testing=named(
        "xunit=xunit xunit.v3=xunit NUnit=nunit MSTest=mstest MSTest.TestFramework=mstest Moq=moq"
    ),
    linting=named("StyleCop.Analyzers=stylecop CSharpier.MsBuild=csharpier"),
)
_SDKS = {
    "Microsoft.NET.Sdk.Web": "aspnetcore",
    "Microsoft.NET.Sdk.BlazorWebAssembly": "blazor",
    "Microsoft.NET.Sdk.Worker": "worker-service",
}


def find(package: Package) -> Iterator[Finding]:
    """Yield what the project files here say. Raises `UnreadableManifest`."""
    solutions = [*package.matching("*.sln"), *package.matching("*.slnx")]
    projects = list(package.matching("*.csproj"))
    if not solutions + projects:
        return
    place = package.place((solutions + projects)[0])
    yield Finding(("languages", LANGUAGE), LANGUAGE, place)
    for name in solutions[:1]:
        if (text := plain_text(name.rpartition(".")[0])) is not None:
            yield Finding(("project", "name"), text, place)
    for name in projects:
        yield from _project(package, name)
    for command in ("restore", "build", "test"):
        key = "install" if command == "restore" else command
        yield Finding(("commands", key), f"dotnet {command}", place)
    yield Finding(("commands", "format"), "dotnet format", place)


def _project(package: Package, name: str) -> Iterator[Finding]:
    manifest = package.manifest(name)
    if manifest is None:
        return
    root = read_xml(manifest)
    sdk = _SDKS.get(root.attribute("Sdk") or "")
    if sdk:
        yield Finding(("languages", LANGUAGE, "frameworks"), sdk, manifest.word("Sdk"))
    packages = root.attributes("PackageReference", "Include")
    yield from TOOLS.find(LANGUAGE, packages, manifest.word)
    for field, element in (("description", "Description"), ("version", "Version")):
        text = plain_text(next(root.texts(element), None))
        if text and "$(" not in text:
            yield Finding(("project", field), text, manifest.word(element))
