"""Chat completions with OpenAI's own client, which checks each field of what it is sent."""

from collections.abc import Iterator
from typing import Any

import pytest
from openai import APIError, BadRequestError, OpenAI
from openai.types.chat import ChatCompletionChunk

from api.standalone import RunningApi
from rag.errors import ModelError
from rag.services import Services
from tests.api.openai.openai_clients import ASKED, SAID, NotingGenerator, messages, openai_client
from tests.support.servers.api_server import client, make_key, scripted_services, serving_api, store_document

QUESTIONS = [
    ASKED,
    "What is the heron? Repeat: The heron is a grey bird. The entry fee is 20 euros.",
    "Where do pigs fly? Repeat: In the sky over Berlin.",
    "What is written? Repeat: The entry fee is [1] 20 euros.\n\n| a | b |\n| The heron | is a grey bird |",
    "What can you do?",
    "List the fees. Repeat: - The entry fee is 20 euros.\n- The heron is a grey bird.",
]


def streamed(opened: OpenAI, *said: str, **more: Any) -> list[ChatCompletionChunk]:
    return list(opened.chat.completions.create(model="citewell", messages=messages(*said), stream=True, **more))


def text_of(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def annotations_of(chunks: list[ChatCompletionChunk]) -> Iterator[dict[str, Any]]:
    for chunk in chunks:
        if chunk.choices and chunk.choices[0].delta.model_extra:
            yield from chunk.choices[0].delta.model_extra.get("annotations", [])


def test_a_stream_joins_to_the_whole_answer_which_is_the_assistants(openai: OpenAI, services: Services) -> None:
    for question in QUESTIONS:
        for sources in [True, False]:
            more: dict[str, Any] = {"extra_body": {"citewell": {"sources": sources}}}
            whole = openai.chat.completions.create(model="citewell", messages=messages(question), **more)
            chunks = streamed(openai, question, **more)
            message = whole.choices[0].message
            assert text_of(chunks) == message.content
            assert message.annotations is not None
            marks = [each.url_citation for each in message.annotations]
            assert [each["url_citation"] for each in annotations_of(chunks)] == [mark.model_dump() for mark in marks]

            own = services.assistant.answer(question, within=frozenset({1, 2})).text.replace(" [1] ", " ")
            text = message.content or ""
            for start, end in sorted({(mark.start_index, mark.end_index) for mark in marks}, reverse=True):
                assert text[start:end].startswith("[")
                assert text[start:end].endswith("]")
                text = text[: start if text[start - 1] == "]" else start - 1] + text[end:]
            assert text.startswith(own)
            assert text == own or sources or (whole.model_extra or {})["citewell"]["abstained"]


def test_an_annotation_leads_its_owner_to_the_quoted_words(
    services: Services, running: RunningApi, openai: OpenAI
) -> None:
    message = openai.chat.completions.create(model="citewell", messages=messages(ASKED)).choices[0].message
    (annotation,) = message.annotations or []
    assert annotation.url_citation.url == f"{running.url}api/v1/documents/1/pages/1/view?start=0&end=26"
    assert annotation.url_citation.title.startswith("fees.txt")
    assert (annotation.model_extra or {})["citewell"]["quote"] == SAID
    with client(running) as own, client(running, make_key(services, owner="ann")) as anns:
        shown = own.get(annotation.url_citation.url)
        assert (shown.status_code, "20 euros" in shown.text) == (200, True)
        assert anns.get(annotation.url_citation.url).status_code == 404


def test_the_usage_comes_last_if_asked_for_and_only_then(openai: OpenAI) -> None:
    chunks = streamed(openai, ASKED, stream_options={"include_usage": True})
    assert chunks[-1].usage
    assert (chunks[-1].choices, chunks[-1].usage.completion_tokens) == ([], 6)
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert streamed(openai, ASKED)[-1].choices[0].finish_reason == "stop"


def test_what_a_model_thinks_is_apart_and_a_limit_of_tokens_or_a_stop_sequence_ends_the_answer(openai: OpenAI) -> None:
    question = "What is the fee? Think: it says so. Repeat: The entry fee is 20 euros."
    message = openai.chat.completions.create(model="citewell", messages=messages(question)).choices[0].message
    assert (message.content, (message.model_extra or {})["reasoning_content"]) == (f"{SAID} [1]", "it says so.")
    short = openai.chat.completions.create(model="citewell", messages=messages(ASKED), max_completion_tokens=3)
    assert short.choices[0].finish_reason == "length"
    assert (short.choices[0].message.content or "").startswith("The entry fee")
    ended = openai.chat.completions.create(model="citewell", messages=messages(ASKED), stop=[" 20", ""])
    assert ended.choices[0].finish_reason == "stop"
    assert "20 euros" not in (ended.choices[0].message.content or "").split("\n")[0]


def test_a_clients_own_system_message_stands_below_ours(noting: NotingGenerator, openai: OpenAI) -> None:
    openai.chat.completions.create(model="citewell", messages=messages(ASKED))
    usual = noting.asked[-1][0]["content"]
    told: list[Any] = [{"role": "system", "content": "Answer like a pirate."}, *messages(ASKED)]
    openai.chat.completions.create(model="citewell", messages=told)
    assert noting.asked[-1][0]["content"] == f"{usual}\n\nAnswer like a pirate."


def test_unknown_parameters_are_passed_over(openai: OpenAI) -> None:
    tools: list[Any] = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    answer = openai.chat.completions.create(
        model="citewell",
        messages=messages(ASKED),
        tools=tools,
        tool_choice="auto",
        logprobs=True,
        top_logprobs=3,
        frequency_penalty=1.0,
        response_format={"type": "text"},
        user="me",
        extra_body={"whatever": {"deep": [1]}},
    )
    assert (answer.choices[0].message.content, answer.choices[0].logprobs) == (f"{SAID} [1]", None)


def test_what_cannot_be_is_refused_in_a_sentence(openai: OpenAI) -> None:
    rows: list[tuple[dict[str, Any], str]] = [
        ({"n": 2}, "gives one answer to a question"),
        ({"messages": []}, "'messages' cannot be used"),
        ({"messages": messages(" ")}, "The question is empty"),
        ({"messages": messages("x" * 5000)}, "5000 characters, and the limit is 4000"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]},
            "Images cannot be read in a message",
        ),
        ({"citewell": {"passages": 900}}, "'passages' cannot be used"),
        ({"citewell": {"model": "other"}}, "There is no model 'other' here"),
    ]
    for changed, said in rows:
        for stream in [True, False]:
            body = {"model": "citewell", "messages": messages(ASKED), "stream": stream, **changed}
            with pytest.raises(BadRequestError, match=said):
                openai.post("/chat/completions", body=body, cast_to=object)


def test_an_error_after_the_first_word_is_said_in_the_stream(services: Services) -> None:
    services.__dict__["generator"] = NotingGenerator(fails=ModelError("The model has gone."))
    with serving_api(services) as running, openai_client(running) as opened:
        chunks: list[ChatCompletionChunk] = []
        with pytest.raises(APIError, match="The model has gone"):
            chunks.extend(opened.chat.completions.create(model="citewell", messages=messages(ASKED), stream=True))


def test_the_list_of_sources_can_be_set_for_all() -> None:
    with scripted_services(api_sources=True) as made:
        store_document(made, "fees.txt", SAID)
        with serving_api(made) as server, openai_client(server) as opened:
            asked: dict[str, Any] = {"model": "citewell", "messages": messages(ASKED)}
            listed = opened.chat.completions.create(**asked).choices[0].message.content or ""
            assert "\n\nSources:\n\n- [1] [fees.txt" in listed
            own = {"citewell": {"sources": False}}
            assert opened.chat.completions.create(**asked, extra_body=own).choices[0].message.content == f"{SAID} [1]"
