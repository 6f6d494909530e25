"""Arguments fit a schema, or the first fault is said."""

from typing import Any

import pytest

from api.openai.function_arguments import fault

SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "unit": {"type": "string", "enum": ["C", "F"]},
        "days": {"type": "integer"},
        "at": {"type": ["number", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "place": {"type": "object", "properties": {"lat": {"type": "number"}}, "required": ["lat"]},
    },
    "required": ["city"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    "more",
    [{}, {"unit": "C"}, {"days": 3}, {"days": 3.0}, {"at": None}, {"at": 1.5}, {"tags": []}, {"place": {"lat": 1}}],
)
def test_what_fits_has_no_fault(more: dict[str, Any]) -> None:
    assert fault({"city": "Rome", **more}, SCHEMA) == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "The object of the arguments lacks 'city'."),
        ({"city": 3}, "The argument 'city' must be of type string."),
        ({"city": "Rome", "unit": "K"}, "The argument 'unit' must be one of 'C', 'F'."),
        ({"city": "Rome", "days": True}, "The argument 'days' must be of type integer."),
        ({"city": "Rome", "days": 1.5}, "The argument 'days' must be of type integer."),
        ({"city": "Rome", "at": "noon"}, "The argument 'at' must be of type number or null."),
        ({"city": "Rome", "tags": ["a", 1]}, "The argument 'tags[1]' must be of type string."),
        ({"city": "Rome", "place": {}}, "The argument 'place' lacks 'lat'."),
        ({"city": "Rome", "place": {"lat": "x"}}, "The argument 'place.lat' must be of type number."),
        ({"city": "Rome", "street": "x"}, "The object of the arguments has 'street', which is not known."),
        ([], "The object of the arguments must be of type object."),
    ],
)
def test_the_first_fault_is_said(value: Any, said: str) -> None:
    assert fault(value, SCHEMA) == said


@pytest.mark.parametrize(
    "schema",
    [
        None,
        True,
        {"type": 3},
        {"type": ["x", 1]},
        {"enum": "a"},
        {"properties": [], "required": "a", "additionalProperties": True},
        {"properties": {"a": {"pattern": "(a+)+$", "$ref": "http://127.0.0.1/x"}}},
    ],
)
def test_an_odd_schema_refuses_nothing(schema: Any) -> None:
    assert fault({"a": "a" * 5000 + "!"}, schema) == ""
