"""Calls as deltas: apart from the text, in order, and the answer ends for their sake."""

from typing import Any

import pytest

from rag.interfaces import TextDelta, ToolCallDelta
from rag.postprocessing.call_deltas import NativeCalls, split_calls
from rag.postprocessing.call_formats import HERMES
from rag.postprocessing.call_stream import ToolCallStream
from rag.types import GenerationStats, StopReason, ToolCall

CALL = '<tool_call>{"name": "say", "arguments": {"text": "a"}}</tool_call>'
SAID = ToolCall("call00001", "say", {"text": "a"})


def split(*deltas: TextDelta) -> list[TextDelta]:
    return list(split_calls(iter(deltas), ToolCallStream(HERMES, {"say"})))


@pytest.mark.parametrize(
    ("reason", "after"),
    [("end", "tool_calls"), ("stop", "tool_calls"), ("length", "length"), ("cancelled", "cancelled")],
)
def test_an_answer_that_ends_after_calls_ends_for_their_sake(reason: StopReason, after: StopReason) -> None:
    stats = GenerationStats(decode_s=1.0)
    found = split(TextDelta("Wait. ", 2), TextDelta(CALL, 9), TextDelta("", 9, reason, stats))
    assert found == [TextDelta("Wait. ", 2), ToolCallDelta("", 9, call=SAID), TextDelta("", 9, after, stats)]


def test_an_answer_without_calls_keeps_its_reason_and_all_its_text() -> None:
    found = split(TextDelta("<tool", 1), TextDelta("_call>", 2, "end"))
    assert found == [TextDelta("<tool_call>", 2), TextDelta("", 2, "end")]


def native(*fragments: dict[str, Any]) -> list[str | ToolCall]:
    calls = NativeCalls()
    for fragment in fragments:
        calls.push([fragment])
    return calls.finish()


def test_whole_calls_with_one_index_are_told_apart_by_their_ids() -> None:
    assert native(
        {"id": "a", "function": {"name": "say", "arguments": {"text": "a"}}},
        {"id": "b", "function": {"name": "say", "arguments": '{"text": "b"}'}},
    ) == [ToolCall("a", "say", {"text": "a"}), ToolCall("b", "say", {"text": "b"})]
