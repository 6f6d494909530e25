"""Calls that come back with their results."""

from typing import Any

import pytest

from api.openai.answered_calls import CallLog, call_messages
from api.openai.openai_errors import ParameterError
from rag.types.tools import ToolCall

CALL = ToolCall("call00001", "get_weather", {"city": "Rome"})


def log(**results: str) -> CallLog:
    made = CallLog("messages")
    for number in range(3):
        made.call(f"id{number}", "get_weather", '{"city": "Rome"}')
    for id_, text in results.items():
        made.result(id_, text)
    return made


def test_calls_with_results_are_numbered_as_templates_accept_it_and_others_left_out() -> None:
    answered = log(id2="18", id0="sunny").answered()
    assert [(each.call.id, each.result) for each in answered] == [("call00001", "18"), ("call00002", "sunny")]
    assert answered[0].call == CALL
    assert [message["role"] for message in call_messages(answered)] == ["assistant", "tool"] * 2
    assert call_messages(answered)[1]["tool_call_id"] == "call00001"


def test_a_result_without_a_call_is_refused() -> None:
    with pytest.raises(ParameterError, match="a result of the call 'other', which no message before it makes"):
        log(other="18").answered()
    made = CallLog("messages")
    made.result(None, "18")
    with pytest.raises(ParameterError, match="a result of the call 'None'"):
        made.answered()
    made.clear()
    assert made.answered() == ()


@pytest.mark.parametrize(
    ("id_", "name", "arguments"),
    [
        ("", "f", "{}"),
        ("a", "", "{}"),
        ("a", "f", "[]"),
        ("a", "f", "{"),
        ("a", "f", '{"a": "\\ud800"}'),
        (1, "f", "{}"),
    ],
)
def test_a_broken_call_is_refused(id_: Any, name: Any, arguments: Any) -> None:
    with pytest.raises(ParameterError, match="without id, name or arguments"):
        CallLog("messages").call(id_, name, arguments)


def test_results_have_limits() -> None:
    with pytest.raises(ParameterError, match="Shorten them, or add the long part as a document"):
        log(id0="x" * 9000).answered()
