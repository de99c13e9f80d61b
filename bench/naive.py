"""What one would write in half an hour: no limits, no positions, no checks; the yardstick."""

from pathlib import Path

import click
import frontmatter
import jinja2
import yaml


@click.command()
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(path_type=Path))
def main(project: Path, output: Path) -> None:
    schema = yaml.safe_load((project / "schemas" / "project.yaml").read_text(encoding="utf-8"))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(project), keep_trailing_newline=True
    )
    output.mkdir(parents=True, exist_ok=True)
    for path in sorted((project / "agents").glob("*.md")):
        agent = frontmatter.load(str(path))
        body = environment.from_string(agent.content).render(schema=schema)
        agent.content = body
        text = frontmatter.dumps(agent)
        (output / path.name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
