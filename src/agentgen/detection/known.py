"""Names of packages that mean a framework or a tool, and findings about those that are there."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from agentgen.detection.finding import Finding, Place
from agentgen.frozen import Frozen, field


def named(names: str) -> dict[str, str]:
    """Return a table of packages from words; `torch=pytorch` is said by another name."""
    pairs = (word.partition("=") for word in names.split())
    return {package: said or package for package, _, said in pairs}


class Tools(Frozen):
    """For each list of a language, the packages that belong there, with what they are called."""

    frameworks: Mapping[str, str] = field(default_factory=dict)
    testing: Mapping[str, str] = field(default_factory=dict)
    linting: Mapping[str, str] = field(default_factory=dict)
    type_checking: Mapping[str, str] = field(default_factory=dict)

    def tables(self) -> dict[str, Mapping[str, str]]:
        """Return the tables by the keys that they are for."""
        return {
            "frameworks": self.frameworks,
            "testing": self.testing,
            "linting": self.linting,
            "type_checking": self.type_checking,
        }

    def find(
        self, language: str, packages: Iterable[str], place_of: Callable[[str], Place]
    ) -> Iterator[Finding]:
        """Yield a finding for each package that is known; only their places are asked for."""
        tables = self.tables()
        for package in packages:
            for key, table in tables.items():
                if package in table:
                    said, place = table[package], place_of(package)
                    yield Finding(("languages", language, key), said, place)
