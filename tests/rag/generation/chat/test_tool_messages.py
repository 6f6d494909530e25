"""Messages with calls as templates and servers take them."""

from rag.generation.chat.tool_messages import as_functions, has_calls, mapped, with_functions
from tests.rag.generation.chat.test_tool_rendering import CALL, CALLED, TOOL


def test_messages_have_calls_or_not() -> None:
    assert has_calls(CALLED)
    assert has_calls(CALLED[3:])
    assert not has_calls(CALLED[:2])


def test_calls_are_given_to_a_template_as_objects() -> None:
    assert with_functions(CALLED)[2]["tool_calls"] == [
        {"type": "function", "id": "call00001", "function": {"name": "say", "arguments": CALL.arguments}}
    ]
    assert with_functions(CALLED)[:2] == CALLED[:2]
    assert as_functions([TOOL])[0]["function"]["parameters"] == TOOL.parameters


def test_texts_are_changed_wherever_they_stand() -> None:
    assert mapped({"a": ["b", 1, {"c": "d"}], "e": None}, str.upper) == {"A": ["B", 1, {"C": "D"}], "E": None}
