"""What belongs to no ecosystem: folders, CI, the license, the README, where the repository lies."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from urllib.parse import urlsplit

from agentgen import markup
from agentgen.detection.finding import Finding, Place, plain_text
from agentgen.detection.tree import Manifest, Package, Tree

NAME = "surroundings"
GIT_CONFIG = ".git/config"
READMES = ("README.md", "Readme.md", "readme.md")
LICENSES = ("LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING")
ALSO_READ = (*READMES, *LICENSES)
README_CHARACTERS = 8_000
"""Of the beginning, where the heading and the first paragraph are."""

LONGEST_NAME = 50
_ENDS = (".", "!", "?")
"""What ends a sentence; a menu or a slogan has none of them."""

_CI_FILES = ("azure-pipelines.yml", "bitbucket-pipelines.yml", ".travis.yml", "appveyor.yml")
FOLDERS = {
    "source": ("src", "lib", "app", "crates", "internal", "cmd", "Sources"),
    "tests": ("tests", "test", "spec", "__tests__", "Tests"),
    "docs": ("docs", "doc", "documentation"),
    "migrations": ("migrations", "db/migrate", "database/migrations", "prisma/migrations"),
    "contracts": ("proto", "protos", "contracts", "openapi"),
    "e2e": ("e2e", "tests/e2e"),
    "ci": (".github/workflows", ".gitlab-ci.yml", ".circleci", "Jenkinsfile", *_CI_FILES),
}
"""Paths of the project schema, and the folders that are usually called so, the likely first."""

_CONTRACT_FILES = ("openapi.y*ml", "openapi.json", "*/openapi.y*ml", "*/openapi.json")
_LICENSE_LINES = {
    "MIT License": "MIT",
    "The MIT License (MIT)": "MIT",
    "Apache License": "Apache-2.0",
    "Mozilla Public License Version 2.0": "MPL-2.0",
    "ISC License": "ISC",
    "The Unlicense": "Unlicense",
}
"""First lines that are those of one license only, of those that people use today."""

_SSH = re.compile(r"(?:[\w.-]+@)?([\w.-]+\.[a-z]+):(?!//)/?([\w./~-]+)")
_SHORTHAND = re.compile(r"(?:(github|gitlab|bitbucket):)?(\w[\w.-]*/\w[\w.-]*)")
_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
_GENERATED = re.compile(
    r"\b(?:was (?:bootstrapped|generated) (?:with|by|using)|project bootstrapped with"
    r"|(?:this )?template provides)\b",
    re.IGNORECASE,
)
"""What generators write about themselves: it says nothing of the project."""
_PLACE = re.compile(r"/[\w./~-]+")


def find(tree: Tree) -> Iterator[Finding]:
    """Yield what the repository around its packages says."""
    root = Package(tree)
    yield from _folders(root)
    yield from _license(root)
    yield from _readme(root)
    yield from _git_remote(tree)


def _folders(root: Package) -> Iterator[Finding]:
    for key, names in FOLDERS.items():
        name = next((each for each in names if root.has_folder(each) or root.has(each)), None)
        if name:
            yield Finding(("paths", key), name, Place(name))
    for path in root.tree.main_files:
        if any(fnmatchcase(path, pattern) for pattern in _CONTRACT_FILES):
            yield Finding(("paths", "contracts"), path, Place(path))


def _license(root: Package) -> Iterator[Finding]:
    name = root.first(*LICENSES)
    manifest = root.manifest(name) if name else None
    if manifest is None:
        return
    lines = manifest.text.lstrip().splitlines() or [""]
    terms = _LICENSE_LINES.get(lines[0].strip().lstrip("# "))
    if terms and (terms != "Apache-2.0" or "Version 2.0" in manifest.text[:200]):
        yield Finding(("project", "license"), terms, Place(manifest.path, 1))


def _git_remote(tree: Tree) -> Iterator[Finding]:
    """Yield the address of the remote called `origin` (https://git-scm.com/docs/git-config)."""
    section = ""
    for number, line in enumerate(tree.texts.get(GIT_CONFIG, "").splitlines(), start=1):
        text = line.strip()
        if text.startswith("["):
            section = text
        name, equals, value = text.partition("=")
        if equals and section == '[remote "origin"]' and name.strip() == "url":
            place = Place(GIT_CONFIG, number)
            url = value.strip().strip('"')
            yield Finding(("project", "repository"), url, place)
            if address := web_address(url):
                yield Finding(("project", "name"), address.rpartition("/")[2], place)


def web_address(url: str) -> str | None:
    """Return the address at which people see a repository, with nothing in it but host and path.

    Knows the forms of git and npm: `git@host:path`, `ssh://`, `git+https://`, `owner/name`. User
    names, passwords, ports and queries are left out. None for a path, and for anything else.
    """
    text = url.strip().removeprefix("scm:").removeprefix("git:").removeprefix("git+")
    text = f"git:{text}" if text.startswith("//") else text
    if match := _SHORTHAND.fullmatch(text):
        return f"https://{_HOSTS[match[1] or 'github']}/{match[2].removesuffix('.git')}"
    if match := _SSH.fullmatch(text):
        return f"https://{match[1]}/{match[2].removesuffix('.git')}"
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    path = parts.path.rstrip("/").removesuffix(".git")
    is_web = parts.scheme in ("https", "http", "ssh", "git") and host and "." in host
    if not is_web or not _PLACE.fullmatch(path) or not re.fullmatch(r"[\w.-]+", host or ""):
        return None
    return f"https://{host}{path}"


def _readme(root: Package) -> Iterator[Finding]:
    """Yield the first heading as a name, and the first paragraph as a description."""
    name = root.first(*READMES)
    manifest = root.manifest(name) if name else None
    if manifest is None:
        return
    seen: set[str] = set()
    for field, text, line in _blocks(manifest):
        if field == "name" and text.strip().lower() == "readme":
            return  # a generator's, and so is what follows
        said = plain_text(text)
        if field in seen or not text.strip():
            continue  # badges have no words
        if _GENERATED.search(text):
            return
        seen.add(field)
        if said and (len(said) <= LONGEST_NAME if field == "name" else said.endswith(_ENDS)):
            yield Finding(("project", field), said, Place(manifest.path, line))


def _blocks(manifest: Manifest) -> Iterator[tuple[str, str, int]]:
    tokens = markup.parser().parse(manifest.text[:README_CHARACTERS])
    for before, token in pairwise(tokens):
        words = "".join(
            " " if each.type == "softbreak" else each.content
            for each in token.children or ()
            if each.type in ("text", "code_inline", "softbreak")
        )
        line = before.map[0] + 1 if before.map else 1
        if before.type == "heading_open" and before.tag != "h1":
            return  # what comes below is about one part
        if before.type == "heading_open":
            yield "name", words, line
        elif before.type == "paragraph_open" and before.level == 0:
            yield "description", words, line
