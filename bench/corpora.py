"""What is rendered: projects made of one sample agent, the same bytes on every machine."""

import shutil
from dataclasses import dataclass
from pathlib import Path

SAMPLE = Path(__file__).with_name("sample.md").read_text(encoding="utf-8")

SCHEMA = """\
project:
  name: harbour
  description: Says when ships arrive.
  version: "2.4.0"
languages:
  - name: python
    frameworks: [fastapi, pytorch]
    testing: [pytest]
  - name: go
    frameworks: []
    testing: [go test]
commands:
  test: make test
"""

KIB = 1024


@dataclass(frozen=True)
class Corpus:
    """Agents by their number, and by how much a schema, a template or includes are larger."""

    agents: int
    schema_kib: int = 1
    template_kib: int = 4
    includes: int = 0

    @property
    def name(self) -> str:
        """The name of its folder, and of its row."""
        parts = [f"{self.agents} agents" if self.agents > 1 else "1 agent"]
        parts += [f"schema {_size(self.schema_kib)}"] if self.schema_kib > 1 else []
        parts += [f"template {_size(self.template_kib)}"] if self.template_kib > 4 else []
        parts += [f"{self.includes} includes"] if self.includes else []
        return ", ".join(parts)

    def schema(self) -> str:
        """Return the project schema: the sample's, and as many records as its size takes."""
        record = (
            "  - name: service-{0:06}\n    port: {0}\n    owner: team-{1}\n"
            "    text: 'What it does, whom it does it for, and what it needs for that from the "
            "others, in a sentence: {0}.'\n    tags: [a{1}, b{1}, c]\n"
        )
        size = self.schema_kib * KIB - len(SCHEMA)
        count = max(size // len(record.format(0, 0)), 0)
        records = [record.format(number, number % 97) for number in range(count)]
        return SCHEMA + ("services:\n" + "".join(records) if records else "")

    def agent(self, number: int, root: str = "schema") -> tuple[str, str]:
        """Return the name and text of an agent whose templates read the schema as `root`."""
        name = f"reviewer-{number:05}"
        text = SAMPLE.replace("NAME", name).replace("NUMBER", str(number))
        head, fence, body = text.partition("\n---\n")
        body *= max(self.template_kib // 4, 1)
        body += "".join(f"{{% include 'partials/_{each:04}.md' %}}\n" for each in self.partials)
        return name, (head + fence + body).replace("ROOT", root)

    @property
    def partials(self) -> range:
        """The numbers of what is included."""
        return range(self.includes)


def build(corpus: Corpus, folder: Path) -> Path:
    """Write a corpus as a project of agentgen, unless it is there; return its folder."""
    project = folder / corpus.name.replace(", ", "-").replace(" ", "-")
    if (project / "complete").exists():
        return project
    shutil.rmtree(project, ignore_errors=True)
    for each in ("agents", "partials", "schemas"):
        (project / each).mkdir(parents=True)
    (project / "schemas" / "project.yaml").write_text(corpus.schema(), encoding="utf-8")
    for number in range(corpus.agents):
        name, text = corpus.agent(number)
        (project / "agents" / f"{name}.md").write_text(text, encoding="utf-8")
    for number in corpus.partials:
        text = f"- Rule {number} of {{{{ schema.project.name }}}}: say what you have checked.\n"
        (project / "partials" / f"_{number:04}.md").write_text(text, encoding="utf-8")
    (project / "complete").touch()
    return project


def _size(kib: int) -> str:
    return f"{kib // KIB} MB" if kib >= KIB else f"{kib} KB"
