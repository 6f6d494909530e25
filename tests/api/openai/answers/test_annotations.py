"""Quotes are annotations in the shapes of both interfaces, with what is ours beside them."""

from api.openai.answers.annotations import Annotation, chat_annotation, response_annotation
from tests.api.openai.answers.test_answer_endings import QUOTE

ANNOTATION = Annotation(10, 13, QUOTE)
CITED = {"start_index": 10, "end_index": 13, "title": f"{QUOTE.document}, p. 1", "url": QUOTE.url}


def test_in_a_chat_a_quote_is_cited_by_its_address() -> None:
    made = chat_annotation(ANNOTATION)
    assert (made["type"], made["url_citation"]) == ("url_citation", CITED)
    assert made["citewell"]["quote"] == QUOTE.quote


def test_in_a_response_a_quote_is_cited_by_its_file() -> None:
    made = response_annotation(ANNOTATION)
    assert {name: made[name] for name in ("type", "index", "file_id", "filename")} == {
        "type": "file_citation",
        "index": 10,
        "file_id": "file-7",
        "filename": QUOTE.document,
    }
    assert made["citewell"].items() >= CITED.items()
