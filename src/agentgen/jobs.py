"""What workers are asked to do for a project: their setup, the jobs, and the texts of includes."""

from collections.abc import Mapping

from agentgen.agent_file import COMMON_KEYS
from agentgen.json_schema import Shape, expected
from agentgen.model import Agent, Data, Document, Project, Prompt
from agentgen.outcome import Job, Setup, Task
from agentgen.schema import json_schema
from agentgen.shapes import ANYTHING, TEXT, ShapeData, any_of, mapping_of, of_data
from agentgen.templates import find_template, template_of, unused_characters


def setup(project: Project, documents: Mapping[str, Document], *, with_shapes: bool) -> Setup:
    """Return what is the same for all jobs; the shapes are for the static check."""
    return Setup(
        project.undefined,
        project.whitespace,
        unused_characters(lambda: (document.template for document in documents.values())),
        project.schema.data,
        project.limits,
        shapes(project) if with_shapes else {},
    )


def job(project: Project, item: Agent | Prompt, target: str, task: Task) -> Job:
    """Return the job for an agent or prompt."""
    agent = None
    if isinstance(item, Agent):
        agent = {**project_entry(project, item.name), **item.data}
    values = tuple(
        (value.path, value.scalar.text.replace("\r\n", "\n").replace("\r", "\n"))
        for value in item.template_values
    )
    return Job(str(item.document.name), item.document.template, target, agent, values, task)


def find(documents: Mapping[str, Document], name: str, parent: str) -> tuple[str, str] | None:
    """Return the full name and the text of the template that an include means."""
    full = find_template(name, template_of(parent), documents)
    return None if full is None else (full, documents[full].template)


def shapes(project: Project) -> dict[str, ShapeData]:
    """Return what is known of the variables that templates see; of `agent`, for all agents."""
    shape = Shape(json_schema())
    entry = expected(shape.child("agents").child(0))
    agents = [of_data(agent.data) for agent in project.agents]
    common = mapping_of(dict.fromkeys(COMMON_KEYS, ANYTHING))
    return {
        "schema": expected(shape, project.schema.data),
        "agent": any_of([entry, common, *agents]),
        "target": TEXT,
    }


def project_entry(project: Project, name: str) -> dict[str, Data]:
    """Return what the project schema says of the agent of a name, or nothing."""
    entries = project.schema.data.get("agents")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get("role") == name:
            return entry
    return {}
