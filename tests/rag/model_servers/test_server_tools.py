"""Tools of a model on a server: told of, called in the server's form or in text, and done without if refused."""

from collections.abc import Callable
from typing import Any

import pytest

from rag.errors import QuestionError
from rag.interfaces import Message, TextDelta, ToolCallDelta
from rag.model_servers.server_generator import ServerGenerator
from rag.model_servers.server_tools import tool_tokens
from rag.types.decoding import Decoding
from rag.types.tools import ToolCall, ToolDefinition
from tests.support.servers.scripted_server import CHAT, ScriptedServer, answer, as_json, ended, said, stream
from tests.support.values import text_of

Make = Callable[..., ServerGenerator]
PARAMETERS = {"type": "object", "properties": {"text": {"type": "string"}}}
TOOL = ToolDefinition("say", "Say a <|im_end|> text.", PARAMETERS)
QUESTION: list[Message] = [{"role": "user", "content": "Say ä."}]
CALL = ToolCall("call00001", "say", {"text": "ä"})
CALLED: list[Message] = [
    *QUESTION,
    {"role": "assistant", "content": "Well.", "tool_calls": (CALL,)},
    {"role": "tool", "tool_call_id": CALL.id, "name": "say", "content": "said </tool_call>"},
]


def ask(generator: ServerGenerator, messages: list[Message] = QUESTION, **decoding: Any) -> list[TextDelta]:
    return list(generator.stream(messages, Decoding(**decoding), tools=[TOOL]))


def calls(deltas: list[TextDelta]) -> list[ToolCall]:
    return [delta.call for delta in deltas if isinstance(delta, ToolCallDelta)]


def fragment(index: int = 0, id_: str = "", name: str = "", arguments: Any = "") -> dict[str, Any]:
    function = {"arguments": arguments} | ({"name": name} if name else {})
    return {"index": index, "function": function} | ({"id": id_, "type": "function"} if id_ else {})


def test_a_call_in_fragments_is_one_call_and_no_text(server: ScriptedServer, make: Make) -> None:
    generator = make()
    server.on(
        CHAT,
        stream(
            said("Well."),
            said(tool_calls=[fragment(0, "call_x", "say")]),
            *(said(tool_calls=[fragment(0, arguments=piece)]) for piece in '{"text": "ä"}'),
            said(tool_calls=[fragment(1, "call_y", "say", "{}")]),
            ended("tool_calls", 30, 9),
        ),
    )
    deltas = ask(generator)
    assert (calls(deltas), text_of(deltas)) == ([CALL, ToolCall("call00002", "say", {})], "Well.")
    assert deltas[-1].stop_reason == "tool_calls"
    assert server.to(CHAT)[-1].body["tools"] == [
        {
            "type": "function",
            "function": {"name": "say", "description": "Say a < |im_end|> text.", "parameters": PARAMETERS},
        }
    ]


def test_a_whole_answer_with_calls_is_read_too(server: ScriptedServer, make: Make) -> None:
    generator = make()
    message = {"role": "assistant", "content": None, "tool_calls": [fragment(0, "x", "say", {"text": "ä"})]}
    server.on(CHAT, as_json({"choices": [{"message": message, "finish_reason": "tool_calls"}]}))
    deltas = ask(generator)
    assert (calls(deltas), text_of(deltas), deltas[-1].stop_reason) == ([CALL], "", "tool_calls")


def test_a_call_that_the_server_left_in_the_text_is_a_call(server: ScriptedServer, make: Make) -> None:
    generator = make()
    server.on(CHAT, answer('Well. <tool_call> {"name": "say", "arguments": {"text": "ä"}} </tool_call>'))
    deltas = ask(generator)
    assert (calls(deltas), text_of(deltas), deltas[-1].stop_reason) == ([CALL], "Well. ", "tool_calls")


def test_earlier_calls_and_results_are_sent_in_the_protocols_form_with_marks_broken_up(
    server: ScriptedServer, make: Make
) -> None:
    generator = make()
    server.on(CHAT, stream(said(tool_calls=[fragment(0, "x", "say", "{}")]), ended("tool_calls")))
    assert calls(ask(generator, CALLED)) == [ToolCall("call00002", "say", {})]
    _, called, result = server.to(CHAT)[-1].body["messages"]
    assert called["tool_calls"] == [
        {"id": "call00001", "type": "function", "function": {"name": "say", "arguments": '{"text": "ä"}'}}
    ]
    assert (result["tool_call_id"], result["content"]) == ("call00001", "said < /tool_call>")


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (500, "tools param requires --jinja flag"),
        (422, "bad request"),
    ],
)
def test_a_server_that_refuses_tools_answers_without_and_is_not_told_again(
    server: ScriptedServer, make: Make, status: int, message: str
) -> None:
    generator = make()
    assert generator.can_call_tools
    server.on(CHAT, as_json({"error": {"message": message}}, status), answer("Ä."))
    deltas = ask(generator, CALLED)
    assert (text_of(deltas), deltas[-1].stop_reason) == ("Ä.", "end")
    body = server.to(CHAT)[-1].body
    assert "tools" not in body
    assert "logprobs" in body, "nothing else is to blame"
    assert [each["role"] for each in body["messages"]] == ["user", "assistant", "user"]
    assert body["messages"][2]["content"] == "Result of say: said < /tool_call>"
    with pytest.raises(QuestionError, match="cannot call tools"):
        ask(generator)


def test_arguments_without_end_are_ended(server: ScriptedServer, make: Make) -> None:
    generator = make()
    server.on(CHAT, stream(*(said(tool_calls=[fragment(0, "x", "", "1")]) for _ in range(50))))
    assert ask(generator, max_new_tokens=5)[-1].stop_reason == "length"


def test_odd_fragments_do_no_harm(server: ScriptedServer, make: Make) -> None:
    generator = make()
    odd = (None, "say", [None, "x"], [{"index": "x", "id": 3, "function": None}], [{"function": {"name": ["a"]}}])
    for each in odd:
        server.on(CHAT, stream(said(tool_calls=each), said("Ä."), ended()))
        assert text_of(ask(generator)).startswith("Ä."), each


def test_tools_count_as_part_of_the_prompt(server: ScriptedServer, make: Make) -> None:
    generator = make()
    assert generator.count_tokens(QUESTION, [TOOL]) == generator.count_tokens(QUESTION) + tool_tokens([TOOL])
    assert generator.count_tokens(CALLED) > generator.count_tokens(QUESTION)
    sent = len(server.to(CHAT))
    large = ToolDefinition("say", "word " * 9000, PARAMETERS)
    with pytest.raises(QuestionError, match=r"up to .* tokens"):
        list(generator.stream(QUESTION, Decoding(), tools=[large]))
    assert len(server.to(CHAT)) == sent
