"""What a person enters about a document is kept apart from what was found, and stays when it is read again."""

from dataclasses import replace

import pytest

from rag.interfaces import Library
from rag.types import Content, Document, DocumentFacts
from tests.support.stored_texts import put
from tests.support.values import content, present

FOUND = DocumentFacts(title="Report", organisation="ACME", period="2018", kind="report")
TEXT = "Sales grew."


def report(facts: DocumentFacts = FOUND, recipe: str = "r") -> Content:
    return content("a.pdf", TEXT, facts=facts, recipe=recipe)


@pytest.fixture
def stored(library: Library) -> Document:
    return put(library, report())


def facts_of(library: Library, document: Document) -> DocumentFacts:
    return present(library.document(document.id)).facts


def test_an_edited_fact_replaces_the_found_one_until_it_is_taken_back(library: Library, stored: Document) -> None:
    assert library.edit_facts(stored.id, {"period": "2019", "organisation": ""})
    assert facts_of(library, stored) == replace(FOUND, period="2019", organisation="")
    assert library.edited_facts("/a.pdf") == {"period": "2019", "organisation": ""}
    assert library.facts() == {stored.id: replace(FOUND, period="2019", organisation="")}
    assert library.edit_facts(stored.id, {"organisation": None})
    assert facts_of(library, stored) == replace(FOUND, period="2019")


def test_edited_facts_stay_when_the_document_is_read_again(library: Library, stored: Document) -> None:
    library.edit_facts(stored.id, {"title": "Annual report"})
    again = put(library, report(replace(FOUND, title="Rpt", period="2020"), "r2"))
    assert again.id == stored.id
    assert again.facts == replace(FOUND, title="Annual report", period="2020")
    assert again.added_at == stored.added_at


def test_facts_of_the_search_context_renew_the_index_and_have_the_document_read_again(
    library: Library, stored: Document
) -> None:
    generation = library.generation
    library.edit_facts(stored.id, {"title": "Annual report"})
    changes = library.changes(generation)
    (chunk,) = library.chunks(changes.added)
    assert "Annual report" in chunk.title
    assert library.last_removal > generation
    assert present(library.document(stored.id)).recipe == ""


def test_other_facts_leave_the_index_alone(library: Library, stored: Document) -> None:
    generation = library.generation
    library.edit_facts(stored.id, {"kind": "contract", "language": "de", "title": FOUND.title})
    assert library.changes(generation).added == ()
    assert present(library.document(stored.id)).recipe == "r"


def test_a_document_that_is_gone_has_no_facts_to_edit(library: Library, stored: Document) -> None:
    library.remove_all([stored.id])
    assert not library.edit_facts(stored.id, {"title": "x"})
    assert library.edited_facts("/a.pdf") == {}
    assert library.facts() == {}
