"""Arguments are checked and refused in a sentence; a result is given as values and as the same in one text."""

import json
from typing import Any

import pytest
from pydantic import Field

from api.mcp.tool import Arguments, Call, Result, Tool, given_result
from rag.errors import QuestionError
from tests.api.mcp.mcp_clients import text_of


class Sum(Result):
    total: int
    unit: str = "€"


class Numbers(Arguments):
    first: int = Field(ge=0)
    second: int = 0


async def add(_call: Call, given: Numbers) -> Sum:
    return Sum(total=given.first + given.second)


TOOL = Tool(name="add", title="Add", description="Add numbers.", arguments=Numbers, result=Sum, run=add)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "The tool add needs the argument 'first'."),
        ({"first": 1, "third": 3}, "The tool add has no argument 'third'. Its arguments: first, second."),
        ({"first": -1}, "The argument 'first' of add cannot be used: input should be greater than or equal to 0."),
        ({"first": "x" * 9999}, "The argument 'first' of add cannot be used: input should be a valid integer, "),
    ],
)
def test_wrong_arguments_are_refused_in_a_sentence(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(QuestionError) as raised:
        TOOL.checked(given)
    assert str(raised.value).startswith(sentence)
    assert "x" * 200 not in str(raised.value)


def test_a_result_is_given_as_values_and_as_one_text() -> None:
    given = given_result(Sum(total=3))
    assert given.structured_content == {"total": 3, "unit": "€"} == json.loads(text_of(given))
    assert "€" in text_of(given)
