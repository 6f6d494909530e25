"""A response grows with the pieces of its answer, and says how far it is."""

from typing import Any

from api.openai.answers.annotations import Annotation
from api.openai.answers.answer_pieces import Annotated, Finished, Searched, Written
from api.openai.answers.response_object import FileSearch, ResponseObject
from tests.api.openai.answers.test_answer_endings import QUOTE
from tests.conftest import passages

ASKED: dict[str, Any] = {
    "instructions": None,
    "max_output_tokens": None,
    "metadata": {},
    "model": "citewell",
    "temperature": None,
    "tools": [{"type": "file_search", "vector_store_ids": ["vs_x"]}, {"type": "web_search"}],
    "tool_choice": None,
    "parallel_tool_calls": True,
    "top_p": None,
}


def test_a_response_is_in_progress_until_its_last_piece() -> None:
    response = ResponseObject(ASKED, None)
    assert (response.json()["status"], response.json()["output"]) == ("in_progress", [])
    response.add(Written("It is so."))
    response.add(Finished(ending="stop", prompt_tokens=3, output_tokens=2))
    whole = response.json()
    assert (whole["status"], whole["usage"]["total_tokens"]) == ("completed", 5)
    assert whole["output"][0]["content"][0]["text"] == "It is so."
    assert whole["tools"] == [ASKED["tools"][0]], "only those that are used"


def test_a_response_that_ended_early_says_why() -> None:
    response = ResponseObject(ASKED, None)
    response.add(Finished(ending="content_filter", prompt_tokens=0, output_tokens=0))
    assert response.json()["incomplete_details"] == {"reason": "content_filter"}


def test_annotations_are_returned_as_they_are_added() -> None:
    response = ResponseObject(ASKED, None)
    added = response.add(Annotated((Annotation(0, 3, QUOTE),)))
    assert added == response.annotations != []


def test_a_search_of_files_has_its_query_and_results() -> None:
    response = ResponseObject(ASKED, FileSearch(with_results=True))
    response.add(Searched("fee", tuple(passages(["The fee is 20."]))))
    response.add(Finished(ending="stop", prompt_tokens=0, output_tokens=0))
    call, _ = response.json()["output"]
    assert (call["queries"], call["status"], call["results"][0]["text"]) == (["fee"], "completed", "The fee is 20.")
