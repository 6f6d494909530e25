"""The formats of Mistral, older and newer, by examples of mistral-common and vLLM."""

import pytest

from rag.postprocessing.call_formats import MISTRAL
from tests.support.tools.call_pieces import Piece, check_splits

CITY = {"city": "San Francisco", "state": "CA", "unit": "celsius"}
EXAMPLES: dict[str, tuple[str, list[Piece]]] = {
    "a list": (
        (
            '[TOOL_CALLS] [{"name": "get_current_weather", "arguments":{"city": "San Francisco", "state": "CA", '
            '"unit": "celsius"}}]'
        ),
        [("get_current_weather", CITY)],
    ),
    "a list of two, with ids": (
        (
            '[TOOL_CALLS][{"name": "add", "arguments": {"a": 3.5, "b": 4}, "id": "VvvODy9mT"}, '
            '{"name": "say", "arguments": {"text": "[TOOL_CALLS] ]}"}, "id": "VvvODy9mU"}]'
        ),
        [("add", {"a": 3.5, "b": 4}), ("say", {"text": "[TOOL_CALLS] ]}"})],
    ),
    "one without a list": ('[TOOL_CALLS] {"name": "add", "arguments": {"a": 1}}', [("add", {"a": 1})]),
    "the name first": ('[TOOL_CALLS]add_this_and_that{"a": 3.5, "b": 4}', [("add_this_and_that", {"a": 3.5, "b": 4})]),
    "names first": (
        '[TOOL_CALLS]add[ARGS]{"a": 3.5, "b": 4}[TOOL_CALLS]multiply[ARGS]{"a": 3, "b": 6}',
        [("add", {"a": 3.5, "b": 4}), ("multiply", {"a": 3, "b": 6})],
    ),
    "text before": ('hi[TOOL_CALLS]add[ARGS]{"a": 1, "b": 2}', ["hi", ("add", {"a": 1, "b": 2})]),
    "text after": ("[TOOL_CALLS]add[ARGS]{} there", [("add", {}), " there"]),
    "an id before the arguments": (
        '[TOOL_CALLS]special_function[CALL_ID]123456789[ARGS]{"arg1": "é\\n{"}',
        [("special_function", {"arg1": "é\n{"})],
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_call_is_found_however_it_arrives(name: str) -> None:
    check_splits(MISTRAL, *EXAMPLES[name])


BROKEN = (
    '[TOOL_CALLS][{"name": "add", "arguments": {"a": 1}}',
    '[TOOL_CALLS][{"name": "add", "arguments": {"a": 1}}, {"a": 1}]',
    "[TOOL_CALLS] are announced so.",
    "[TOOL_CALLS]add[ARGS](1, 2)",
    '[TOOL_CALLS]add[CALL_ID][ARGS]{"a": 1',
    "[1] and [TOOL",
)


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_call_is_text_and_nothing_is_lost(text: str) -> None:
    check_splits(MISTRAL, text, [text])
