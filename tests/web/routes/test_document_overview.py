"""The viewer shows the kept overview of a document, in plain words, with questions to go on with."""

import pytest

from rag.services import Services
from rag.types import Overview
from tests.web.routes.conftest import id_of, store
from web.routes.document_overview import shown_overview

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


def keep(services: Services, document_id: int, value: dict[str, object]) -> None:
    overview = Overview(document_id=document_id, language="en", model="tiny", record=value, made_at="2026-11-26")
    assert services.library.keep_overview(overview, services.library.chunk_ids({document_id}))


def test_it_is_shown_without_marks_of_sources_and_markup(services: Services) -> None:
    id_ = store(services, "fees.txt", "What is an entry fee for children?\nThe entry fee is the price.", "ann")
    keep(services, id_, record(TEXT))
    document = services.library.document(id_)
    assert document
    shown = shown_overview(services.library, document)
    assert shown
    assert shown["paragraphs"] == ["The entry fee is 20 euros.", "More", "Children <b>pay</b> less [2]."]
    assert shown["note"] == "Overview made on 26 November 2026."
    assert shown["questions"][0] == "What is an entry fee for children?"
    assert len(shown["questions"]) <= 3


def test_without_one_or_with_a_damaged_one_there_is_none(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    document = services.library.document(id_of(services, "ann"))
    assert document
    assert shown_overview(services.library, document) is None
    keep(services, document.id, {"answer": 1})
    assert shown_overview(services.library, document) is None
    assert "is not shown" in caplog.text
