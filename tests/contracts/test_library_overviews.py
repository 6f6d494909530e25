"""Overviews are kept with their document, and leave with it or with what it said."""

from collections.abc import Callable

import pytest

from rag.interfaces import Library
from rag.types import Overview
from tests.contracts.conftest import Place
from tests.support.stored_texts import put
from tests.support.values import content, present

Store = Callable[..., int]
SAID = "All about the osprey."


def overview(document_id: int, language: str = "en", text: str = SAID, made_at: str = "2026-11-26") -> Overview:
    record = {"answer": text, "sentences": []}
    return Overview(document_id=document_id, language=language, model="tiny", record=record, made_at=made_at)


@pytest.fixture
def document(library: Library, store_text: Store) -> int:
    """A stored document with an overview."""
    id_ = store_text("a.txt", "one", "two")
    assert library.keep_overview(overview(id_), library.chunk_ids({id_}))
    return id_


def test_a_kept_overview_comes_back_as_it_was(library: Library, document: int) -> None:
    assert library.overviews(document) == [overview(document)]
    assert library.overviews(document + 1) == []


def test_there_is_one_a_language_and_the_latest_is_first(library: Library, document: int) -> None:
    newer = overview(document, text="Anew.", made_at="2026-11-28")
    german = overview(document, "de", "Alles.", made_at="2026-11-27")
    for each in (german, newer):
        assert library.keep_overview(each, library.chunk_ids({document}))
    assert library.overviews(document) == [newer, german]


def test_an_overview_of_what_has_changed_meanwhile_is_not_kept(library: Library, store_text: Store) -> None:
    document = store_text("a.txt", "one", "two")
    read = library.chunk_ids({document})
    store_text("a.txt", "one", "three")
    assert not library.keep_overview(overview(document), read)
    assert not library.keep_overview(overview(document), [])
    assert not library.keep_overview(overview(document + 1), library.chunk_ids({document}))
    assert library.overviews(document) == []


def test_an_overview_leaves_no_trace_when_its_document_is_removed(
    library: Library, document: int, place: Place
) -> None:
    assert not place.is_on_disk or SAID.encode() in place.left()
    library.remove_all([document])
    assert library.overviews(document) == []
    assert not place.is_on_disk or SAID.encode() not in place.left()


def test_an_overview_leaves_when_its_document_is_replaced_or_its_source_forgotten(
    library: Library, document: int, store_text: Store
) -> None:
    assert store_text("a.txt", "new") == document
    assert library.overviews(document) == []
    assert library.keep_overview(overview(document), library.chunk_ids({document}))
    library.forget("/a.txt")
    assert library.overviews(document) == []


def test_an_overview_leaves_when_its_document_is_called_by_another_name(library: Library) -> None:
    document = put(library, content("a.txt", "text"))
    put(library, content("b.txt", "text"))
    library.keep_overview(overview(document.id), library.chunk_ids())
    library.forget("/a.txt")
    assert present(library.document(document.id)).name == "b.txt"
    assert library.overviews(document.id) == []


def test_an_overview_leaves_when_the_title_of_its_document_is_corrected(library: Library, document: int) -> None:
    library.edit_facts(document, {"kind": "report"})
    assert library.overviews(document) == [overview(document)]
    library.edit_facts(document, {"title": "Another"})
    assert library.overviews(document) == []
