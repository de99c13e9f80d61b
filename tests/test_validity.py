"""What is taken for valid without a validator is what the validator takes for valid."""

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentgen.json_schema import JsonSchema, Shape, is_surely_valid
from agentgen.model import Data
from agentgen.schema import json_schema

KEYS = st.sampled_from(["project", "name", "languages", "frameworks", "agents", "role", "k", ""])
DATA: st.SearchStrategy[Data] = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.floats(0, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
)
SUBSCHEMAS: list[JsonSchema] = [
    {},
    {"title": "says nothing", "default": 3},
    {"type": "string"},
    {"type": "string", "minLength": 2},
    {"type": "boolean"},
    {"type": "integer"},
    {"type": ["string", "array"]},
    {"type": "array", "items": {"type": "string"}},
    {"items": False},
    {"type": "object", "required": ["k"]},
    {"properties": {"k": {"type": "string"}}, "additionalProperties": {"type": "boolean"}},
    {"properties": {"k": False}},
    {"additionalProperties": False},
    {"pattern": "a"},
    {"maxItems": 1},
]


@pytest.mark.parametrize("schema", [json_schema(), *SUBSCHEMAS], ids=lambda each: str(each)[:40])
@given(data=DATA)
def test_what_is_surely_valid_is_valid(schema: JsonSchema, data: Data) -> None:
    if is_surely_valid(data, Shape(schema)):
        assert jsonschema_rs.Draft202012Validator(schema).is_valid(data)


@pytest.mark.parametrize(
    "data", [{}, {"languages": [{"name": "go", "more": 1}]}, {"project": {"name": "x"}, "k": [1]}]
)
def test_ordinary_data_needs_no_validator(data: Data) -> None:
    assert is_surely_valid(data, Shape(json_schema()))
