"""Responses with OpenAI's own client, which checks each field of what it is sent."""

from typing import Any

import pytest
from openai import BadRequestError, NotFoundError, OpenAI
from openai.types.responses import ResponseFileSearchToolCall, ResponseOutputMessage, ResponseOutputText

from api.standalone import RunningApi
from rag.services import Services
from tests.api.openai.openai_clients import ASKED, SAID, NotingGenerator, messages, openai_client
from tests.api.openai.test_chat_completions import QUESTIONS
from tests.support.servers.api_server import make_key

FOLLOW_UP = f"And {ASKED[0].lower()}{ASKED[1:]}"
BIRDS = "What is it? Repeat: The heron is a grey bird."


def store(opened: OpenAI, name: str) -> str:
    return next(each.id for each in opened.vector_stores.list() if each.name == name)


def test_a_response_says_what_a_chat_completion_says(openai: OpenAI) -> None:
    for question in QUESTIONS:
        chat = openai.chat.completions.create(model="citewell", messages=messages(question)).choices[0].message
        response = openai.responses.create(model="citewell", input=question)
        assert response.output_text == chat.content
        (message,) = response.output
        assert isinstance(message, ResponseOutputMessage)
        (part,) = message.content
        assert isinstance(part, ResponseOutputText)
        marked = [(each.index, each.filename) for each in part.annotations if each.type == "file_citation"]
        assert [index for index, _ in marked] == [each.url_citation.start_index for each in chat.annotations or []]
        assert all(response.output_text[index] == "[" for index, _ in marked)


def test_a_file_search_is_restricted_to_its_own_stores_and_shown(
    openai: OpenAI, services: Services, running: RunningApi
) -> None:
    search: Any = {"type": "file_search", "vector_store_ids": [store(openai, "nature")]}
    response = openai.responses.create(
        model="citewell", input=BIRDS, tools=[search], include=["file_search_call.results"]
    )
    call, _ = response.output
    assert isinstance(call, ResponseFileSearchToolCall)
    assert (call.status, [each.filename for each in call.results or []]) == ("completed", ["birds.txt"])
    assert response.output_text == "The heron is a grey bird. [1]"
    other = openai.responses.create(model="citewell", input=f"{ASKED} Repeat: {SAID}", tools=[search])
    assert (other.model_extra or {})["citewell"]["abstained"] is True
    ann = openai_client(running, make_key(services, owner="ann"))
    with pytest.raises(NotFoundError, match="There is no vector store"):
        ann.responses.create(model="citewell", input=BIRDS, tools=[search])


def test_instructions_and_items_are_the_conversation(noting: NotingGenerator, openai: OpenAI) -> None:
    given: Any = [
        {"role": "developer", "content": "Be kind."},
        {"role": "user", "content": [{"type": "input_text", "text": "What is the heron?"}]},
        {"type": "function_call_output", "call_id": "c", "output": "answered since"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "A bird. [1]"}]},
        {"type": "reasoning", "summary": []},
        {"role": "user", "content": FOLLOW_UP},
    ]
    response = openai.responses.create(model="citewell", input=given, instructions="Be brief.")
    assert response.output_text == f"{SAID} [1]"
    assert response.instructions == "Be brief."
    shown = [message["content"] for message in noting.asked[-1]]
    assert shown[0].endswith("\n\nBe brief.\n\nBe kind.")
    assert [text.rpartition("Question: ")[2] for text in shown[1:]] == [
        "What is the heron?",
        "A bird.",
        FOLLOW_UP,
    ]


def test_nothing_is_kept_so_no_earlier_response_can_be_named(openai: OpenAI) -> None:
    with pytest.raises(BadRequestError, match="Send the earlier messages as 'input'"):
        openai.responses.create(model="citewell", input=ASKED, previous_response_id="resp_1")
    with pytest.raises(NotFoundError, match="none is kept here"):
        openai.responses.retrieve("resp_1")
