"""Every Library: whole documents, exact text, a generation that grows with each change."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from rag.errors import LibraryError
from rag.interfaces import IndexRecord, Library
from rag.types import (
    Cell,
    DocumentFacts,
    Figure,
    Heading,
    NewChunk,
    NewDocument,
    Page,
    Structure,
    Table,
)
from tests.contracts.conftest import Place
from tests.support.fakes import WordEmbedder
from tests.support.stored_texts import put
from tests.support.values import content, present

Store = Callable[..., int]


def test_a_stored_document_comes_back_whole(library: Library, store_text: Store, embedder: WordEmbedder) -> None:
    id_ = store_text("b.txt", "first chunk", "zweites Stück 🦉")
    assert [(d.name, d.pages, d.chunks) for d in library.documents()] == [("b.txt", 1, 2)]
    chunks = library.chunks(library.chunk_ids())
    page = present(library.page(id_, 1))
    assert [chunk.text for chunk in chunks] == ["first chunk", "zweites Stück 🦉"]
    assert [page.text[chunk.start : chunk.end] for chunk in chunks] == [chunk.text for chunk in chunks]
    expected = embedder.embed_documents([chunk.text for chunk in chunks])
    assert np.array_equal(library.known_vectors(library.chunk_ids())[1], expected)


def test_replacing_keeps_the_id_and_drops_everything_old(library: Library, store_text: Store) -> None:
    before = store_text("a.txt", "old one", "old two")
    old_chunks = library.chunk_ids()
    after = store_text("a.txt", "new")
    assert after == before
    assert library.chunks(old_chunks) == []
    assert [chunk.text for chunk in library.chunks(library.chunk_ids())] == ["new"]
    assert library.chunk_count() == 1


def test_a_document_without_chunks_does_not_fix_the_dimension(library: Library, store_text: Store) -> None:
    store_text("blank.txt")
    store_text("a.txt", "text")
    assert [(d.name, d.chunks) for d in library.documents()] == [("a.txt", 1), ("blank.txt", 0)]


def test_the_first_document_fixes_the_dimension(library: Library, store_text: Store) -> None:
    store_text("a.txt", "text")
    with pytest.raises(LibraryError, match="holds vectors of dimension 48, and the embedder gives 5"):
        put(library, content("b.txt", "other"), np.ones((1, 5), np.float32))


def test_storing_nothing_is_no_change(library: Library, store_text: Store) -> None:
    store_text("a.txt", "text")
    before = (library.generation, library.change_mark)
    assert library.replace_all([]) == []
    assert (library.generation, library.change_mark) == before


def test_what_is_kept_of_an_index_is_no_new_generation(library: Library, store_text: Store, place: Place) -> None:
    store_text("a.txt", "text")
    generation = library.generation
    assert library.index_record("dense") is None
    library.record_index("dense", IndexRecord("build", 1))
    library.record_index("dense", IndexRecord("build", 2))
    assert place.open().library.index_record("dense") == IndexRecord("build", 2)
    assert (library.generation, library.index_record("other")) == (generation, None)


def test_a_failing_write_changes_nothing(library: Library, store_text: Store) -> None:
    store_text("a.txt", "old")
    generation = library.generation
    twice = (Page(number=1, label="1", text="new"), Page(number=1, label="1", text="the same number again"))
    with pytest.raises(LibraryError, match="Nothing of this document was changed"):
        put(library, replace(content("a.txt", "new"), pages=twice))
    assert library.generation == generation
    assert [chunk.text for chunk in library.chunks(library.chunk_ids())] == ["old"]


def test_a_staged_document_is_unseen_until_it_is_whole_and_then_replaces_its_earlier_version(
    library: Library, store_text: Store, embedder: WordEmbedder
) -> None:
    before, generation = store_text("a.txt", "old"), library.generation
    staging, texts = library.stage(), [f"page {number}" for number in range(1, 4)]
    for number, text in enumerate(texts, start=1):
        page = Page(number=number, label=str(number), text=text)
        staging.add([page], [NewChunk(number, 0, len(text), text)], embedder.embed_documents([text]))
    assert [chunk.text for chunk in library.chunks(library.chunk_ids())] == ["old"]
    stored = staging.commit(NewDocument(name="a.txt", source="/a.txt", sha256="new", recipe="r", size=9))
    assert (stored.id, stored.pages, stored.chunks, library.generation) == (before, 3, 3, generation + 1)
    assert [chunk.text for chunk in library.chunks(library.chunk_ids())] == texts
    assert np.array_equal(library.known_vectors(library.chunk_ids())[1], embedder.embed_documents(texts))
    assert list(library.findings()) == []


def test_removing_leaves_nothing_and_returns_what_there_was(library: Library, store_text: Store, place: Place) -> None:
    id_ = store_text("a.txt", "confidential paragraph " * 500)
    store_text("a.txt", "confidential paragraph, second version " * 500)
    assert library.remove_all([id_]) == [id_]
    assert not place.is_on_disk or not [word for word in (b"confidential", b"a.txt") if word in place.left()]
    assert library.remove_all([id_]) == []
    assert (library.documents(), library.chunk_ids(), library.page(id_, 1)) == ([], [], None)


def test_several_are_removed_at_once_and_those_that_there_were_are_named(library: Library, store_text: Store) -> None:
    one, two, three = (store_text(f"{name}.txt", f"paragraph of {name}") for name in "abc")
    before = library.generation
    assert sorted(library.remove_all([one, three, 99])) == [one, three]
    assert [document.id for document in library.documents()] == [two]
    assert len(library.changes(before).removed) == 2
    assert library.remove_all([one]) == []
    assert library.remove_all([]) == []


def test_the_mark_differs_after_any_change_and_only_then(library: Library, store_text: Store, place: Place) -> None:
    marks = [library.change_mark]
    id_ = store_text("a.txt", "paragraph")
    marks.append(library.change_mark)
    library.move(id_, "law")
    marks.append(library.change_mark)
    place.open().library.move(id_, "")
    marks.append(library.change_mark)
    assert len(set(marks)) == 4
    library.documents()
    assert library.change_mark == marks[-1]


def test_changes_since_a_generation_are_what_an_index_must_apply(library: Library, store_text: Store) -> None:
    store_text("a.txt", "one", "two")
    first = library.changes(0)
    store_text("a.txt", "three")
    store_text("b.txt", "four")
    second = library.changes(first.generation)
    assert len(first.added) == 2
    assert (len(second.added), set(second.removed)) == (2, set(first.added))
    assert library.changes(second.generation).added == ()


def test_chunks_come_in_the_order_asked_for_without_missing_ones(library: Library, store_text: Store) -> None:
    store_text("a.txt", "one", "two", "three")
    first, _, third = library.chunk_ids()
    assert [chunk.text for chunk in library.chunks([third, 999, first])] == ["three", "one"]


def test_thousands_of_ids_are_no_problem(library: Library, store_text: Store) -> None:
    store_text("a.txt", *[f"chunk {i}" for i in range(3000)])
    ids = library.chunk_ids()
    assert len(library.chunks(ids)) == 3000
    assert library.known_vectors(ids)[1].shape == (3000, 48)


def test_a_document_stays_in_its_collection_until_it_is_moved(library: Library, store_text: Store) -> None:
    id_ = store_text("a.txt", "one")
    assert [d.collection for d in library.documents()] == [""]
    generation = library.generation
    library.move(id_, "law")
    assert library.generation == generation  # nothing to search again
    store_text("a.txt", "two")
    assert [d.collection for d in library.documents()] == ["law"]
    put(library, content("a.txt", "new", collection="tax"))
    assert [d.collection for d in library.documents()] == ["tax"]


def test_vectors_of_missing_chunks_are_left_out(library: Library, store_text: Store) -> None:
    store_text("a.txt", "one", "two")
    first, second = library.chunk_ids()
    found, vectors = library.known_vectors([second, 999, first])
    assert (found, vectors.shape) == ([second, first], (2, 48))


def test_structure_and_facts_come_back_as_they_were_stored(library: Library) -> None:
    text = "Sales\n2018\nNet sales | 2018: 32,765"
    structure = Structure(
        headings=(Heading(2, 0, 5, "Sales"),),
        tables=(
            Table(start=6, end=35, cells=(Cell(row=0, column=1, start=6, end=10, is_head=True),), unit="in millions"),
        ),
        figures=(Figure(0, 5, "Sales", (0.1, 0.2, 0.3, 0.4)),),
    )
    facts = DocumentFacts(title="Annual Report", organisation="ACME", period="2018")
    stored = content("a.pdf", text, facts=facts)
    stored = replace(stored, pages=(replace(stored.pages[0], structure=structure),))
    document = put(library, stored)
    assert document.facts == facts
    assert present(library.page(document.id, 1)).structure == structure
    assert library.structures(document.id) == [(1, "1", structure)]
    (chunk,) = library.chunks(library.chunk_ids())
    assert chunk.title == "a · Annual Report · ACME · 2018"
