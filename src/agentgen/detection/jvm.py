"""Java and Kotlin: pom.xml, and of Gradle's build scripts the texts in quotes.

https://maven.apache.org/pom.html. A build script is a program; what stands in its quotes (plugins
and dependencies) is certain enough, and nothing else is read from it.
"""

import re
from collections.abc import Iterator

from agentgen.detection.finding import Finding, Place, plain_text, version_number
from agentgen.detection.known import Tools, named
from agentgen.detection.tree import Manifest, Package
from agentgen.detection.xml import Element, read_xml

NAME = "jvm"
GRADLE = ("build.gradle.kts", "build.gradle")
SETTINGS = ("settings.gradle.kts", "settings.gradle")
MANIFESTS = ("pom.xml", *GRADLE, *SETTINGS)
ALSO_READ = ("libs.versions.toml",)
CATALOG = "gradle/libs.versions.toml"

TOOLS = Tools(
    frameworks=named(
        "org.springframework.boot=spring-boot org.springframework=spring io.quarkus=quarkus "
        "io.micronaut=micronaut io.ktor=ktor org.hibernate=hibernate "
        "org.hibernate.orm=hibernate org.flywaydb=flyway org.liquibase=liquibase io.grpc=grpc "
        "com.android.application=android com.android.library=android "
        "androidx.compose=compose androidx.compose.ui=compose org.jetbrains.compose=compose "
        "org.apache.spark=spark org.apache.kafka=kafka io.vertx=vertx "
        "jakarta.persistence=jpa org.jooq=jooq"
    ),
    testing=named(
        "org.junit.jupiter=junit org.junit=junit junit=junit org.testng=testng io.kotest=kotest "
        "org.mockito=mockito io.mockk=mockk org.testcontainers=testcontainers "
        "org.spockframework=spock org.assertj=assertj"
    ),
    linting=named(
        "com.diffplug.spotless=spotless org.jlleitschuh.gradle.ktlint=ktlint "
        "io.gitlab.arturbosch.detekt=detekt com.github.spotbugs=spotbugs checkstyle pmd"
    ),
)
_QUOTED = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'""", re.DOTALL
)
_TOOLCHAIN = re.compile(r"(?:JavaLanguageVersion\.of|jvmToolchain)\s*\(\s*(\d+)\s*\)")
_KOTLIN = re.compile(r"\bkotlin\s*\(\s*[\"']|org\.jetbrains\.kotlin|libs\.plugins\.kotlin")
_RELEASES = ("maven.compiler.release", "java.version", "maven.compiler.target")


def find(package: Package) -> Iterator[Finding]:
    """Yield what Maven's or Gradle's files say. Raises `UnreadableManifest`."""
    yield from _paths(package)
    if pom := package.manifest("pom.xml"):
        yield from _maven(package, pom, read_xml(pom))
    elif name := package.first(*GRADLE, *SETTINGS):
        yield from _gradle(package, name)


def _paths(package: Package) -> Iterator[Finding]:
    """Yield where Maven's and Gradle's layout has the code and the tests."""
    for key, folder in (("source", "src/main"), ("tests", "src/test")):
        if package.has_folder(folder):
            yield Finding(("paths", key), package.path(folder), package.place(folder))


def _language(package: Package, *, uses_kotlin: bool) -> str:
    java = sum(path.endswith(".java") for path in package.below())
    kotlin = sum(path.endswith(".kt") for path in package.below())
    return "kotlin" if kotlin > java or (uses_kotlin and not java) else "java"


def _maven(package: Package, manifest: Manifest, pom: Element) -> Iterator[Finding]:
    language = _language(package, uses_kotlin="kotlin" in manifest.text)
    yield Finding(("languages", language), language, manifest.place)
    names = (pom.text("name"), pom.text("artifactId"))
    name = next((each for each in names if each and "${" not in each), None)
    for field, value in (
        ("name", name),
        ("description", pom.text("description")),
        ("version", pom.text("version") or pom.text("parent", "version")),
    ):
        text = plain_text(value)
        if text and "${" not in text and not (field == "version" and not pom.text("version")):
            yield Finding(("project", field), text, manifest.word(text))
    if url := pom.text("scm", "url"):
        yield Finding(("project", "repository"), url, manifest.word(url))
    releases = (pom.text("properties", each) for each in _RELEASES)
    if language == "java" and (release := next(filter(version_number, releases), None)):
        version = release.removeprefix("1.")
        yield Finding(("languages", language, "version"), version, manifest.word(release))
    groups = [*pom.texts("groupId"), *pom.texts("artifactId")]
    if any(each.startswith("spring-boot-starter") and each.endswith("test") for each in groups):
        groups.append("org.junit.jupiter")
    yield from _tools(language, groups, manifest)
    maven, place = ("./mvnw", "mvnw") if package.has("mvnw") else ("mvn", "pom.xml")
    for command, goal in {"build": "package", "test": "test"}.items():
        yield Finding(("commands", command), f"{maven} {goal}", package.place(place))
    if "spring-boot-maven-plugin" in groups and "modules" not in manifest.text:
        yield Finding(("commands", "run"), f"{maven} spring-boot:run", manifest.place)


def _gradle(package: Package, name: str) -> Iterator[Finding]:
    manifests = [package.manifest(each) for each in (name, *SETTINGS)]
    script = manifests[0]
    if script is None:
        return
    catalog = package.manifest(CATALOG)
    text = script.text + (catalog.text if catalog else "")
    language = _language(package, uses_kotlin=bool(_KOTLIN.search(text)))
    yield Finding(("languages", language), language, script.place)
    yield from _gradle_project(manifests[1:])
    toolchain = _TOOLCHAIN.search(script.text)
    if toolchain and language == "java":
        line = script.text.count("\n", 0, toolchain.start()) + 1
        yield Finding(("languages", "java", "version"), toolchain[1], Place(script.path, line))
    for manifest in (script, *([catalog] if catalog else [])):
        yield from _tools(language, _coordinates(manifest.text), manifest)
    gradle, place = ("./gradlew", "gradlew") if package.has("gradlew") else ("gradle", name)
    for command in ("build", "test"):
        yield Finding(("commands", command), f"{gradle} {command}", package.place(place))


def _gradle_project(manifests: list[Manifest | None]) -> Iterator[Finding]:
    for settings in manifests:
        found = settings and re.search(
            r"^rootProject\.name\s*=\s*[\"']([\w .-]+)[\"']", settings.text, re.MULTILINE
        )
        if settings and found:
            yield Finding(("project", "name"), found[1], settings.key("rootProject.name"))


def _coordinates(text: str) -> list[str]:
    """Return the groups of dependencies and the ids of plugins that a build script quotes."""
    quoted = [match[1] or match[2] or "" for match in _QUOTED.finditer(text)]
    return [each.split(":")[0] for each in quoted if each]


def _tools(language: str, coordinates: list[str], manifest: Manifest) -> Iterator[Finding]:
    yield from TOOLS.find(language, dict.fromkeys(coordinates), manifest.word)
