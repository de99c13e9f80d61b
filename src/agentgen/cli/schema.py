"""`agentgen schema`: the JSON Schemas of the two inputs, for editors."""

import json

import click

from agentgen.cli import options
from agentgen.cli.commands import verb
from agentgen.cli.output import Terminal

INPUTS = ("project", "agent")


@verb("schema", short_help="Print the JSON Schema of an input, for editors.")
@click.argument("name", metavar="[project|agent]", type=click.Choice(INPUTS), default="project")
@options.terminal_options
def command(name: str, terminal: Terminal) -> None:  # noqa: ARG001 - options of every verb
    """Print the JSON Schema (draft 2020-12) of project schemas, or of agents' front matter.

    With it an editor completes keys and marks mistakes. For the YAML extension of VS Code,
    write it to a file and name that in the first line of a project schema:

        # yaml-language-server: $schema=project.schema.json
    """
    click.echo(_text(name).encode(), nl=False)


def _text(name: str) -> str:
    if name == "project":
        from agentgen.shipped import project_json_schema

        return project_json_schema().read_text(encoding="utf-8")
    from agentgen.targets import TARGETS
    from agentgen.targets.agent_schema import agent_json_schema

    return json.dumps(agent_json_schema(TARGETS.values()), indent=2, ensure_ascii=False) + "\n"
