"""agentgen compiles agent definitions: templates and a project schema in, finished agents out."""

__version__ = "0.1.0"
