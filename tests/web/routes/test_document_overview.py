"""The guide shows the kept overview of a document with its citations, and questions to go on with."""

import pytest

from rag.services import Services
from rag.types import Document, Overview
from tests.web.routes.conftest import id_of
from web.routes.document_overview import overview_html


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


def test_without_one_or_with_a_damaged_one_there_is_none(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    document = services.library.document(id_of(services, "ann"))
    assert document
    assert overview_html(services.library, document) == ""
    keep(services, document.id, {"answer": 1})
    assert overview_html(services.library, document) == ""
    assert "is not shown" in caplog.text
