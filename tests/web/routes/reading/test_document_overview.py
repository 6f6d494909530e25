"""The guide shows the kept overview of a document with its citations, and questions to go on with."""

import pytest

from rag.services import Services
from rag.types import Document, Overview
from tests.web.routes.conftest import id_of, store
from web.routes.reading.document_overview import document_questions, overview_html

TEXT = "The **entry** fee is 20 euros [1].\n\n## More\nChildren <b>pay</b> less [2]."


def record(text: str) -> dict[str, object]:
    first = text.partition("\n")[0]
    sentence = {"text": first.replace(" [1]", ""), "start": 0, "end": len(first), "support": "supported"}
    return {
        "citewell": "1",
        "created_at": "2026-11-26",
        "model": "tiny",
        "question": "",
        "answer": text,
        "sentences": [{**sentence, "citations": []}],
        "passages": [],
        "kept": {"passages": [], "dropped": [], "turns": [0]},
    }


def keep(services: Services, document_id: int, value: dict[str, object]) -> Document:
    overview = Overview(document_id=document_id, language="en", model="tiny", record=value, made_at="2026-11-26")
    assert services.library.keep_overview(overview, services.library.chunk_ids({document_id}))
    document = services.library.document(document_id)
    assert document
    return document


def test_it_is_shown_formatted_with_when_it_was_made_and_nothing_of_it_acts(services: Services) -> None:
    document = keep(services, store(services, "fees.txt", "The entry fee is the price.", "ann"), record(TEXT))
    html = overview_html(services.library, document)
    assert "<strong>entry</strong> fee is 20 euros." in html
    assert "<h2>More</h2>" in html
    assert "&lt;b&gt;pay" in html
    assert "Overview made on 26 November 2026." in html


def test_without_one_or_with_a_damaged_one_there_is_none(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    document = services.library.document(id_of(services, "ann"))
    assert document
    assert overview_html(services.library, document) == ""
    keep(services, document.id, {"answer": 1})
    assert overview_html(services.library, document) == ""
    assert "is not shown" in caplog.text


def test_questions_are_those_that_its_beginning_answers(services: Services) -> None:
    text = "What is an entry fee for children?\nThe entry fee is the price."
    document = services.library.document(store(services, "fees.txt", text, "ann"))
    assert document
    assert document_questions(services.library, document)[0] == "What is an entry fee for children?"
