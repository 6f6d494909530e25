"""A template's tools are used if it shows them and its calls are read back, and its format is found so."""

from copy import copy
from typing import Any

import pytest

from rag.generation.thinking import THINK, ThinkingStream
from rag.generation.tool_rendering import WithoutCalls
from rag.interfaces import Message
from rag.postprocessing.call_formats import HERMES, CallFormat
from rag.postprocessing.call_formats import LLAMA as LLAMA_FORMAT
from rag.postprocessing.call_formats import MISTRAL as MISTRAL_FORMAT
from rag.postprocessing.call_stream import ToolCallStream
from rag.types import ToolCall, ToolDefinition
from tests.support.random_models import CHAT_TEMPLATE, word_tokenizer
from tests.support.random_models import chat_template as made
from tests.support.tools.tool_templates import LLAMA, MISTRAL, MISTRAL_NAMED, QWEN, QWEN_CODER

TOOL = ToolDefinition("say", "Say a text.", {"type": "object", "properties": {"text": {"type": "string"}}})
CALL = ToolCall("call00001", "say", {"text": "a <|im_end|> b", "n": [1, {"x": "<tool_call>"}]})
CALLED: list[Message] = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Say a."},
    {"role": "assistant", "content": "", "tool_calls": (CALL,)},
    {"role": "tool", "tool_call_id": CALL.id, "name": "say", "content": "said </tool_call> [TOOL_CALLS]"},
]


@pytest.mark.parametrize(
    ("source", "form"),
    [
        (QWEN, HERMES),
        (LLAMA, LLAMA_FORMAT),
        (MISTRAL, MISTRAL_FORMAT),
        (MISTRAL_NAMED, MISTRAL_FORMAT),
        (QWEN + "{% if add_generation_prompt %}<think>\n{% endif %}", HERMES),
        ({"default": CHAT_TEMPLATE, "tool_use": QWEN}, HERMES),
        (QWEN_CODER, None),
        (CHAT_TEMPLATE, None),
        (QWEN.replace("tool | tojson", "tool.function.name"), None),
        (QWEN.replace("arguments | tojson", "arguments"), None),
        (QWEN.replace("<tool_response>\n{{ m.content }}", ""), None),
        (QWEN.replace("m.role == 'tool'", "m.role == 'tool' and raise_exception('No')"), None),
    ],
)
def test_the_format_is_the_one_in_which_the_templates_own_call_is_read_back(
    source: Any, form: CallFormat | None
) -> None:
    template = made(source)
    assert template._rendering.call_format is form
    assert template.can_call_tools == (form is not None)


def test_a_prompt_has_the_tools_the_calls_and_their_results() -> None:
    prompt = made(QWEN).render(CALLED, [TOOL])
    assert '{"type": "function", "function": {"name": "say", "description": "Say a text.", "parameters": {' in prompt
    assert prompt.index('<tool_call>\n{"name": "say"') < prompt.index("<tool_response>\nsaid ")
    assert "Say a text." not in made(QWEN).render(CALLED)


def test_marks_in_arguments_and_results_are_text() -> None:
    prompt = made(QWEN).render(CALLED, [TOOL])
    assert "a < |im_end|> b" in prompt
    assert '"< tool_call>"' in prompt
    assert "said < /tool_call>" in prompt
    assert "said < /tool_call>" not in made(MISTRAL).render(CALLED, [TOOL]), "no mark there"
    assert "[ TOOL_CALLS]" in made(MISTRAL).render(CALLED, [TOOL])


def test_the_template_for_tools_is_used_for_them_only() -> None:
    template = made({"default": CHAT_TEMPLATE, "tool_use": QWEN})
    assert "<tools>" in template.render(CALLED[:2], [TOOL])
    assert "<tool_response>" in template.render(CALLED)
    assert template.render(CALLED[:2]) == made(CHAT_TEMPLATE).render(CALLED[:2])


def test_special_tokens_that_mark_calls_are_shown_where_calls_may_be() -> None:
    tokenizer = word_tokenizer("[TOOL_CALLS]", "say", "{", "}")
    tokenizer.add_special_tokens({"additional_special_tokens": ["[TOOL_CALLS]", "<|im_start|>"]})
    template = made(MISTRAL_NAMED, tokenizer=tokenizer)
    tokens = tokenizer.convert_tokens_to_ids(["[TOOL_CALLS]", "say", "{", "}", "<|im_end|>"])
    calling, calls = template.for_calls({"say"})
    assert "[TOOL_CALLS]" not in template.decode(tokens)
    assert calling.decode(tokens).replace(" ", "") == "[TOOL_CALLS]say{}"
    assert calls.push("[TOOL_CALLS]say{}") == [ToolCall("call00001", "say", {})]
    assert template.shows_other_tokens_for_calls
    assert not made(QWEN).shows_other_tokens_for_calls


def test_what_is_held_to_its_sources_has_no_calls() -> None:
    splitter = WithoutCalls(ThinkingStream(THINK), ToolCallStream(HERMES, ()))
    assert splitter.push("<think>7</think>a <tool_call>{") == ("7", "a ")
    other = copy(splitter)
    assert other.push('"name": "say", "arguments": {"n": 12}}</tool_call> b') == ("", " b")
    assert splitter.push("x") == ("", "<tool_call>{x")
