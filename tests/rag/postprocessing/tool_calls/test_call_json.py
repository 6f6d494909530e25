"""JSON that is still being written, and what in it is a call."""

import pytest

from rag.postprocessing.tool_calls.call_json import (
    PENDING,
    Value,
    WrittenCall,
    call_of,
    name_at,
    parsed_arguments,
    read_json,
)


@pytest.mark.parametrize("text", ["", "{", '{"', '{"a": {"b": [1, 2', '{"a": "}', '{"a": "\\"}', "[", "[ {"])
def test_json_that_goes_on_is_waited_for_until_the_text_has_ended(text: str) -> None:
    assert read_json(text, 0, ended=False) is PENDING
    assert read_json(text, 0, ended=True) is None


@pytest.mark.parametrize("text", ["a", "{a", "[1", "{1: 2}", '{"a": }', '{"a": 1]}', "[" + "{" * 5, '{"a" 1}'])
def test_what_is_no_object_or_list_of_objects_is_none(text: str) -> None:
    assert not isinstance(read_json(text, 0, ended=True), Value)


def test_a_value_ends_where_it_ends() -> None:
    assert read_json('x{"a": [{"b": "]}"}]} {', 1, ended=False) == Value({"a": [{"b": "]}"}]}, 21)


def test_nesting_too_deep_for_the_parser_is_no_json() -> None:
    assert read_json('{"a":' * 100_000 + "1" + "}" * 100_000, 0, ended=True) is None


def test_a_number_too_long_to_read_is_no_json() -> None:
    assert read_json('{"a": ' + "1" * 5000 + "}", 0, ended=True) is None


def test_a_call_may_lack_arguments_unless_they_make_it_one() -> None:
    assert call_of({"name": "now"}) == WrittenCall("now", {})
    assert call_of({"name": "now", "arguments": None}) == WrittenCall("now", {})
    assert call_of({"name": "now"}, needs_arguments=True) is None
    assert call_of("now") is None


def test_a_name_ends_before_what_no_name_has() -> None:
    assert name_at("a.b-c_1[ARGS]", 0) == "a.b-c_1"
    assert name_at("[ARGS]", 0) == ""


def test_arguments_are_an_object() -> None:
    assert parsed_arguments("") == {}
    assert parsed_arguments('{"a": 1}') == {"a": 1}
    assert parsed_arguments("[1]") is None
    assert parsed_arguments('{"a"') is None
