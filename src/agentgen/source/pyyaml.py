"""PyYAML, whose own patterns are compiled when they are used: libyaml needs none of them."""

from agentgen.later import patterns_compiled_late

with patterns_compiled_late():
    import yaml as yaml  # noqa: PLC0414 - for those who import it from here
