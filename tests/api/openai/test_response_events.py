"""The events of a response come in OpenAI's order, numbered, and end with the response that is sent whole."""

from typing import Any

from openai import OpenAI
from openai.types.responses import ResponseStreamEvent

from tests.api.openai.openai_clients import ASKED
from tests.api.openai.test_chat_completions import QUESTIONS
from tests.api.openai.test_responses import BIRDS, store


def events(opened: OpenAI, question: str, **more: Any) -> list[ResponseStreamEvent]:
    return list(opened.responses.create(model="citewell", input=question, stream=True, **more))


def test_the_order_of_events_of_which_the_deltas_join_to_the_response_sent_whole(openai: OpenAI) -> None:
    made = events(openai, ASKED)
    kinds = list(dict.fromkeys(event.type for event in made))
    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.annotation.added",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in made] == list(range(len(made)))
    for question in QUESTIONS:
        made = events(openai, question)
        text = "".join(event.delta for event in made if event.type == "response.output_text.delta")
        last = made[-1]
        assert last.type == "response.completed"
        whole = openai.responses.create(model="citewell", input=question)
        assert text == last.response.output_text == whole.output_text
        annotations = [event.annotation for event in made if event.type == "response.output_text.annotation.added"]
        (message,) = last.response.output
        assert message.type == "message"
        (part,) = message.content
        assert part.type == "output_text"
        assert [each and each.model_dump() for each in annotations] == [each.model_dump() for each in part.annotations]


def test_a_file_search_comes_before_the_message(openai: OpenAI) -> None:
    search = {"type": "file_search", "vector_store_ids": [store(openai, "nature")]}
    kinds = [event.type for event in events(openai, BIRDS, tools=[search])]
    assert kinds[2:7] == [
        "response.output_item.added",
        "response.file_search_call.in_progress",
        "response.file_search_call.searching",
        "response.file_search_call.completed",
        "response.output_item.done",
    ]
    about = [event.type for event in events(openai, "What can you do?", tools=[search])]
    assert about.count("response.file_search_call.completed") == 1, "though that needs no search"
