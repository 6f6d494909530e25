"""Definitions of functions in both shapes; what cannot be used is refused in a sentence."""

from typing import Any

import pytest

from api.openai.function_definitions import MAX_FUNCTIONS, functions_of
from api.openai.openai_errors import ParameterError
from rag.types.tools import ToolDefinition

PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def tool(name: Any = "get_weather", **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, **more}}


def names(*args: Any) -> tuple[list[str], bool]:
    found = functions_of(*args)
    return [each.name for each in found.definitions], found.required


def test_both_shapes_are_the_same_function() -> None:
    inner = {"name": "get_weather", "description": "Weather.", "parameters": PARAMETERS, "strict": True}
    chat, response = functions_of([tool(**inner)]), functions_of([{"type": "function", **inner}])
    assert chat == response
    assert chat.definitions == (ToolDefinition("get_weather", "Weather.", PARAMETERS),)


BOTH = [tool("a"), tool("b")]


@pytest.mark.parametrize(
    ("choice", "left", "required"),
    [
        (None, ["a", "b"], False),
        ("auto", ["a", "b"], False),
        ("none", [], False),
        ("required", ["a", "b"], True),
        ({"type": "function", "function": {"name": "b"}}, ["b"], True),
        ({"type": "function", "name": "b"}, ["b"], True),
        ({"type": "file_search"}, ["a", "b"], False),
        ({"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "b"}]}, ["b"], False),
        ({"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [tool("a")]}}, ["a"], True),
        ({"type": "allowed_tools", "mode": "auto", "tools": [{"type": "file_search"}]}, [], False),
    ],
)
def test_a_choice_leaves_functions_to_the_model(choice: Any, left: list[str], required: bool) -> None:
    assert names(BOTH, choice) == (left, required)


@pytest.mark.parametrize(
    ("tools", "choice", "said"),
    [
        ([tool("")], None, "has no name of 1 to 64 letters"),
        ([tool("get weather")], None, "has no name"),
        ([tool("x" * 65)], None, "has no name"),
        ([tool(None)], None, "has no name"),
        ([{"type": "function"}], None, "has no name"),
        ([{"type": "function", "function": "f"}], None, "must be an object"),
        ([tool(description=[1])], None, "description of the function 'get_weather' must be a text"),
        ([tool(parameters="string")], None, "must be a JSON schema"),
        ([tool(parameters={"type": "string"})], None, "of type 'object' with 'properties'"),
        ([tool(parameters={"properties": ["city"]})], None, "of type 'object' with 'properties'"),
        ([tool(), tool()], None, "several functions 'get_weather'"),
        ([tool(f"f{number}") for number in range(1000)], None, f"1000 functions, and the limit is {MAX_FUNCTIONS}"),
        ([tool(description="x" * 40_000)], None, "characters, and the limit is 32000"),
        ([], "required", "requires a call, but 'tools' has no function"),
        (BOTH, {"type": "function", "name": "c"}, "names 'c', which 'tools' does not have"),
        (BOTH, {"type": "function", "function": None}, "names 'None'"),
        (BOTH, "sometimes", "'tool_choice' must be"),
        (BOTH, {}, "'tool_choice' must be"),
    ],
)
def test_what_cannot_be_used_is_refused(tools: list[Any], choice: Any, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        functions_of(tools, choice)
