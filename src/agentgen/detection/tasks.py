"""Targets of a Makefile, recipes of a justfile: what they are called, not what they do.

https://www.gnu.org/software/make/manual/html_node/Rule-Syntax.html and https://just.systems/man/.
"""

import re
from collections.abc import Iterator

from agentgen.detection.finding import Finding, Place
from agentgen.detection.known import Tools
from agentgen.detection.tree import Manifest, Package

NAME = "tasks"
MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
JUSTFILES = ("justfile", "Justfile", ".justfile")
MANIFESTS = (*MAKEFILES, *JUSTFILES)
ALSO_READ = ()
TOOLS = Tools()

COMMANDS = {
    "install": ("install-dev", "setup", "bootstrap", "deps", "dev-install", "develop"),
    "build": ("build",),
    "test": ("test", "tests", "check", "test-unit", "unit-test", "unit"),
    "lint": ("lint",),
    "format": ("format", "fmt"),
    "typecheck": ("typecheck", "type-check", "types", "mypy"),
    "run": ("run", "dev", "serve", "start", "up"),
    "migrate": ("migrate",),
    "e2e": ("e2e", "test-e2e", "integration"),
    "benchmark": ("bench", "benchmark"),
    "load_test": ("load-test", "loadtest"),
    "audit": ("audit",),
    "docs": ("docs",),
}
"""Commands of the project schema, and the targets that are usually called so, the likely first.

`make install` is not among them: by custom it installs the program on the machine.
"""

_MAKE_RULE = re.compile(r"^([A-Za-z0-9][\w .-]*?)\s*::?(?![:=])(?!.*(?<![<>!])(?::|\+|\?)=)")
_MAY_BE_LEFT_OUT = r"""\*\$?\w+|\$?\w+[ \t]*=[ \t]*(?:"[^"\n]*"|'[^'\n]*')"""
_JUST_RECIPE = re.compile(rf"@?([A-Za-z_][\w-]*)(?:[ \t]+(?:{_MAY_BE_LEFT_OUT}))*[ \t]*:(?!=)")


def find(package: Package) -> Iterator[Finding]:
    """Yield a command for each target whose name says what it is for."""
    for program, files, names_of in (("make", MAKEFILES, _targets), ("just", JUSTFILES, _recipes)):
        name = package.first(*files)
        if name and (manifest := package.manifest(name)):
            known = names_of(manifest)
            for command, names in COMMANDS.items():
                target = next((each for each in names if each in known), None)
                if target:
                    place = Place(manifest.path, known[target])
                    yield Finding(("commands", command), f"{program} {target}", place)


def _targets(manifest: Manifest) -> dict[str, int]:
    """Return the targets of a Makefile's rules with their lines; patterns are none."""
    found: dict[str, int] = {}
    for number, line in enumerate(manifest.text.splitlines(), start=1):
        if rule := _MAKE_RULE.match(line):
            for target in rule[1].split():
                found.setdefault(target, number)
    return found


def _recipes(manifest: Manifest) -> dict[str, int]:
    """Return the recipes of a justfile that need no argument, with their lines."""
    found: dict[str, int] = {}
    for number, line in enumerate(manifest.text.splitlines(), start=1):
        if recipe := _JUST_RECIPE.match(line):
            found.setdefault(recipe[1], number)
    return found
