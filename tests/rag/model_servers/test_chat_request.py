"""Requests for chat completions: what each kind of server is sent, and what is left out once it was rejected."""

from typing import Any

import pytest

from rag.errors import SettingsError
from rag.generation.tool_messages import folded
from rag.interfaces import Message
from rag.model_servers.chat_request import Dialect, chat_body
from rag.model_servers.server_limits import ServerKind
from rag.types.decoding import Decoding
from tests.support.values import present

MESSAGES: list[Message] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}]


def body(kind: ServerKind = "", dialect: Dialect | None = None, **decoding: Any) -> dict[str, Any]:
    return chat_body("m", MESSAGES, Decoding(**decoding), dialect or Dialect(kind), limit=7, thinking=False)


def test_any_server_gets_the_protocols_own_fields() -> None:
    assert body(temperature=0.5, top_p=0.9, seed=3, stop=("###",)) == {
        "model": "m",
        "messages": MESSAGES,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 7,
        "temperature": 0.5,
        "logprobs": True,
        "chat_template_kwargs": {"enable_thinking": False},
        "seed": 3,
        "top_p": 0.9,
    }


def test_servers_that_have_defaults_of_their_own_get_every_choice() -> None:
    sent = body("llama.cpp", temperature=0.5, top_k=4, repetition_penalty=1.1)
    assert (sent["top_k"], sent["top_p"], sent["min_p"], sent["repeat_penalty"]) == (4, 1.0, 0.0, 1.1)
    assert (body("llama.cpp")["top_k"], body("llama.cpp")["top_logprobs"]) == (0, 1)
    sent = body("vllm", temperature=0.5)
    assert (sent["top_k"], sent["min_p"], sent["repetition_penalty"]) == (-1, 0.0, 1.0)


@pytest.mark.parametrize(
    ("kind", "decoding", "said"),
    [
        ("llama.cpp", {"beams": 4}, "no beam search. Set beams to 1"),
        ("", {"repetition_penalty": 1.2}, r"'repetition_penalty' is 1.2.*Set it to 1, or"),
        ("ollama", {"temperature": 1.0, "top_k": 5}, r"'top_k' is 5.*Set it to 0, or"),
    ],
)
def test_what_a_server_cannot_do_is_refused(kind: ServerKind, decoding: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        body(kind, **decoding)


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        ("Unrecognized request argument supplied: chat_template_kwargs", {"chat_template_kwargs"}),
        ("Unexpected fields in the request: {'stream_options', 'seed'}", {"stream_options", "seed"}),
        ("'top_logprobs' is not allowed", {"logprobs"}),
        ("bad request", {"stream_options", "logprobs", "chat_template_kwargs"}),
        ("Unsupported value: 'temperature' does not support 0 with this model", {"temperature"}),
    ],
)
def test_a_field_that_a_server_rejects_is_left_out_next_time(message: str, gone: set[str]) -> None:
    first = body(seed=3)
    dialect = present(Dialect().after(message, first))
    assert first.keys() - body(dialect=dialect, seed=3).keys() == gone


def test_the_limit_has_a_newer_name_for_some_servers() -> None:
    said = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
    dialect = present(Dialect().after(said, body()))
    sent = body(dialect=dialect)
    assert ("max_tokens" in sent, sent["max_completion_tokens"]) == (False, 7)


def test_a_template_without_a_system_role_gets_it_with_the_first_question() -> None:
    dialect = present(Dialect().after("Jinja Exception: System role not supported", body()))
    assert body(dialect=dialect)["messages"] == [{"role": "user", "content": "Be brief.\n\nWhy?"}]
    assert folded(MESSAGES[:1]) == [{"role": "user", "content": "Be brief."}]
    assert folded(MESSAGES[1:]) == MESSAGES[1:]


@pytest.mark.parametrize("message", ["CUDA error: out of memory", "CUDA error: invalid device function", ""])
def test_nothing_is_left_out_after_a_failure_that_names_nothing(message: str) -> None:
    assert Dialect().after(message, body() | {"tools": []}, is_failure=True) is None


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        ("registry.ollama.ai/library/model does not support tools", {"tools"}),
        ('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', {"tools"}),
        ("unknown argument: chat_template_kwargs", {"chat_template_kwargs"}),
    ],
)
def test_what_a_failure_names_is_left_out(message: str, gone: set[str]) -> None:
    assert present(Dialect().after(message, body() | {"tools": []}, is_failure=True)).without == gone


def test_in_the_end_there_is_nothing_more_to_leave_out() -> None:
    dialect, tries = Dialect(), 0
    while (found := dialect.after("bad request", body(dialect=dialect, seed=3))) is not None:
        dialect, tries = found, tries + 1
    assert tries == 1
