"""Every Library: the owners and sources of documents, and the ledger of all sources."""

import pytest

from rag.interfaces import Library
from rag.stores.sql_conversations import SqlConversations
from rag.types import Content, DocumentFacts, NewDocument, Page, PageRecord
from tests.support.stored_texts import put
from tests.support.values import content, present

# Owners


def test_each_owner_has_documents_of_their_own_under_the_same_source(library: Library) -> None:
    ids = {owner: put(library, content("a.txt", "same text", owner=owner)).id for owner in ("", "ann", "bob")}
    assert len(set(ids.values())) == 3
    assert {d.owner: d.id for d in library.documents()} == ids
    assert [d.id for d in library.documents("ann")] == [ids["ann"]]
    assert [(e.owner, e.document_id) for e in library.ledger("bob")] == [("bob", ids["bob"])]
    assert present(library.find("/a.txt", "ann")).id == ids["ann"]
    library.remove_all([ids["ann"]])
    assert {d.owner for d in library.documents()} == {"", "bob"}


# The same content under several names


def test_the_same_content_is_stored_once_and_shown_under_both_names(library: Library) -> None:
    first = put(library, content("a.txt", "same text"))
    second = put(library, content("b.txt", "same text"))
    assert first.id == second.id
    (document,) = library.documents()
    assert (document.name, document.also, document.chunks) == ("a.txt", ("b.txt",), 1)
    assert [(e.name, e.document_id) for e in library.ledger()] == [("a.txt", first.id), ("b.txt", first.id)]
    assert library.find("/b.txt") == document
    assert library.find_same(content("c.txt", "same text").document) == document


def test_content_read_in_another_way_or_without_a_hash_is_not_the_same(library: Library) -> None:
    for name, known in (("a", {}), ("b", {"recipe": "other"}), ("c", {"sha256": ""}), ("d", {"sha256": ""})):
        put(library, content(name, "same text", **known))
    assert [d.name for d in library.documents()] == ["a", "b", "c", "d"]


def test_a_new_version_under_one_of_two_names_leaves_the_old_one_under_the_other(library: Library) -> None:
    shared = put(library, content("a.txt", "old"))
    put(library, content("b.txt", "old"))
    before = library.generation
    new = put(library, content("a.txt", "new"))
    texts = {d.name: [c.text for c in library.chunks(library.chunk_ids({d.id}))] for d in library.documents()}
    assert texts == {"a.txt": ["new"], "b.txt": ["old"]}
    assert new.id != shared.id
    assert set(library.changes(before).added) == set(library.chunk_ids())  # its name has changed: it is indexed anew


def test_the_same_content_read_in_a_newer_way_renews_the_document_that_there_is(
    library: Library, kept: SqlConversations
) -> None:
    facts = DocumentFacts(address="https://a.example")
    first = put(library, content("a.txt", "same text", recipe="text-1 x", collection="law", facts=facts))
    other = put(library, content("b.txt", "other text"))
    library.edit_facts(first.id, {"kind": "contract"})
    conversation = kept.create("")
    kept.exclude(conversation.id, "", {first.id})
    before = library.generation
    newer = content("b.txt", "same text", recipe="text-2 y", facts=DocumentFacts(title="Found"))
    assert library.find_outdated(newer.document) == library.document(first.id)
    stored = put(library, newer)
    assert (stored.id, stored.name, stored.source, stored.also) == (first.id, "a.txt", "/a.txt", ("b.txt",))
    assert (stored.recipe, stored.collection) == ("text-2 y", "law")
    assert (stored.facts.title, stored.facts.kind, stored.facts.address) == ("Found", "contract", "https://a.example")
    assert kept.excluded(conversation.id, "") == {first.id}
    assert library.document(other.id) is None
    assert (len(library.changes(before).added), library.chunk_count()) == (1, 1)
    assert library.find_outdated(newer.document) is None


@pytest.mark.parametrize(
    ("name", "known", "is_found"),
    [
        ("b.txt", {"recipe": "text-2"}, True),
        ("B.TXT", {"recipe": "text-2"}, True),
        ("b.md", {"recipe": "text-2"}, False),  # how it was read is not known any more
        ("b", {"recipe": "text-2"}, False),
        ("b.txt", {"recipe": "text-2", "owner": "ann"}, False),
        ("b.txt", {"recipe": "text-2", "sha256": ""}, False),
    ],
)
def test_a_corrected_document_is_known_again_by_the_end_of_its_name(
    library: Library, name: str, known: dict[str, str], is_found: bool
) -> None:
    first = put(library, content("a.txt", "same", recipe="text-2"))
    library.edit_facts(first.id, {"title": "Corrected"})
    newer = content(name, "same", **known)
    assert (library.find_outdated(newer.document) is not None) is is_found
    put(library, newer)
    assert library.edited_facts("/a.txt") == {"title": "Corrected"}
    assert len(library.documents()) == (1 if is_found else 2)


def test_a_document_of_the_same_content_hands_over_what_people_made_of_it(
    library: Library, kept: SqlConversations
) -> None:
    old = put(library, content("a.txt", "same text", recipe="text-1", collection="law"))
    assert library.link(content("c.txt", "same text", recipe="text-1").document, old.id)
    new = put(library, content("b.md", "same text", recipe="markdown-1"))
    library.edit_facts(old.id, {"title": "Corrected", "kind": "contract"})
    library.edit_facts(new.id, {"kind": "report"})
    conversation = kept.create("")
    kept.exclude(conversation.id, "", {old.id})
    before = library.generation
    assert library.link(content("a.txt", "same text", recipe="markdown-1").document, new.id)
    (document,) = library.documents()
    assert (document.id, document.collection, set(document.also)) == (new.id, "law", {"a.txt", "c.txt"})
    assert library.edited_facts("/c.txt") == {"title": "Corrected", "kind": "report"}
    assert document.recipe == ""
    assert library.changes(before).added == tuple(library.chunk_ids())
    assert kept.excluded(conversation.id, "") == {new.id}


def test_a_document_is_linked_to_another_source_without_its_vectors(library: Library) -> None:
    document = put(library, content("a.txt", "text"))
    put(library, content("b.txt", "other"))
    assert library.link(content("b.txt", "text", collection="law").document, document.id)
    assert [(d.name, d.also, d.collection) for d in library.documents()] == [("a.txt", ("b.txt",), "law")]
    assert library.chunk_count() == 1  # what b.txt had is gone
    assert not library.link(content("c.txt", "unlike").document, document.id)
    assert not library.link(content("c.txt", "text").document, 99)


def test_forgetting_one_name_keeps_the_document_for_the_other(library: Library) -> None:
    for name in ("a.txt", "b.txt"):
        put(library, content(name, "text"))
    assert library.forget("/a.txt")
    assert [(d.name, d.source, d.also) for d in library.documents()] == [("b.txt", "/b.txt", ())]
    assert library.forget("/b.txt")
    assert (library.documents(), library.ledger(), library.chunk_ids()) == ([], [], [])
    assert not library.forget("/b.txt")


# The ledger


def test_the_ledger_records_the_state_of_every_source(library: Library) -> None:
    library.begin(content("a.txt", "text").document)
    assert [(e.name, e.state, e.document_id) for e in library.ledger()] == [("a.txt", "reading", None)]
    id_ = put(library, content("a.txt", "text", note="1 page is empty")).id
    library.fail(content("b.pdf", "", sha256="").document, "the PDF is damaged")
    first, second = library.ledger()
    assert (first.state, first.note, first.document_id, first.size) == ("ready", "1 page is empty", id_, 4)
    assert (second.state, second.reason, second.document_id) == ("failed", "the PDF is damaged", None)
    assert library.forget("/b.pdf")
    assert [e.name for e in library.ledger()] == ["a.txt"]


def test_a_failed_new_version_is_recorded_and_the_old_one_stays(library: Library) -> None:
    id_ = put(library, content("a.txt", "old")).id
    library.begin(content("a.txt", "new").document)
    library.fail(content("a.txt", "new").document, "it is damaged")
    (entry,) = library.ledger()
    assert (entry.state, entry.reason, entry.document_id) == ("failed", "it is damaged", id_)
    assert [c.text for c in library.chunks(library.chunk_ids())] == ["old"]
    library.remove_all([id_])
    assert library.ledger() == []


def test_pages_have_a_state_and_a_reason(library: Library) -> None:
    pages = (
        Page(number=1, label="i", text="four"),
        Page(number=2, label="ii", text="", state="empty", note="no text (scanned?)"),
        Page(number=3, label="1", text="seen", state="ocr"),
    )
    new = NewDocument(name="a.pdf", source="/a.pdf", sha256="x", recipe="r", size=1)
    id_ = put(library, Content(new, pages, ())).id
    assert library.page_records(id_) == [
        PageRecord(1, "i", "ready", "", 4),
        PageRecord(2, "ii", "empty", "no text (scanned?)", 0),
        PageRecord(3, "1", "ocr", "", 4),
    ]
    assert library.page(id_, 2) == pages[1]
    assert library.page_records(99) == []
