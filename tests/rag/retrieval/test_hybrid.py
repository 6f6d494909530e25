"""Retrieval: both searches, filters, names and headings, and indexes in step with the library."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag.retrieval.fusion import DENSE_WEIGHT
from rag.retrieval.hybrid import HybridRetriever, query_vector
from rag.stores.index_sync import SearchIndexes
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Content, NewChunk, NewDocument, Page
from tests.support.assistants import retriever_over
from tests.support.fakes import WordEmbedder
from tests.support.stored_texts import put

Store = Callable[..., int]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def found(retriever: HybridRetriever, query: str, within: set[int] | None = None) -> list[str]:
    return [p.chunk.text for p in retriever.retrieve(query, 3, within)]


def test_a_question_of_several_sentences_is_searched_by_each_of_them() -> None:
    embedder = WordEmbedder()
    question = "The hotel was booked for May. When do dogs bark at night?"
    about_dogs = embedder.embed_query("dogs bark at night")
    about_hotel = embedder.embed_query("the hotel was booked for May")
    vector = query_vector(question, embedder)
    assert min(vector @ about_dogs, vector @ about_hotel) > 0.4
    assert np.linalg.norm(query_vector(question, embedder)) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(query_vector("One question?", embedder), embedder.embed_query("One question?"))


def test_passages_with_words_are_found_without_a_model(
    folder: Path, library: SqliteLibrary, store_text: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = store_text("a.txt", "dogs bark")
    store_text("b.txt", "dogs and more dogs")
    store_text("c.txt", "cats purr")
    searching = retriever_over(library, folder, None)
    monkeypatch.delattr(WordEmbedder, "embed_queries")
    monkeypatch.delattr(WordEmbedder, "embed_query")
    assert [p.chunk.text for p in searching.with_words("dogs", 3)] == ["dogs and more dogs", "dogs bark"]
    assert [p.chunk.text for p in searching.with_words("dogs", 3, {chosen})] == ["dogs bark"]
    assert not searching.with_words("birds", 3)


def test_the_document_that_a_question_names_comes_first(
    folder: Path, library: SqliteLibrary, store_text: Store
) -> None:
    for name in ("ACME_2018.pdf", "ACME_2019.pdf", "OTHER_2019.pdf"):
        store_text(name, "revenue rose again")
    searching = retriever_over(library, folder, None)
    for year in ("2018", "2019"):
        best = searching.retrieve(f"What was ACME's revenue in {year}?", 1)[0]
        assert best.chunk.document == f"ACME_{year}.pdf"


def test_the_section_under_the_heading_that_is_asked_for_comes_first(folder: Path, library: SqliteLibrary) -> None:
    texts = {"Cash flow statement": "1,577 1,373 1,420", "Other flow": "2,577 2,373 2,420", "Risks": "3,577 3,373"}
    page = Page(number=1, label="", text="\n".join(texts.values()))
    chunks = []
    for heading, text in texts.items():
        start = page.text.index(text)
        chunks.append(NewChunk(1, start, start + len(text), text, heading))
    document = NewDocument(name="report.pdf", source="/report.pdf", sha256="", recipe="", size=1)
    put(library, Content(document, (page,), tuple(chunks)))
    assert found(retriever_over(library, folder, 1.0), "How much was it, by the cash flow statement?") == list(
        texts.values()
    )


def test_the_report_of_the_organisation_and_year_that_a_question_names_comes_first_as_its_facts_are_now(
    folder: Path, library: SqliteLibrary, store_text: Store
) -> None:
    reports = [store_text(f"scan{number}.txt", "revenue rose again") for number in range(3)]
    for id_, organisation, year in zip(reports, ("ACME", "ACME", "Amcor"), ("2018", "2019", "2018"), strict=True):
        library.edit_facts(id_, {"organisation": organisation, "period": year})
    searching = retriever_over(library, folder, None)
    question = "What was ACME's revenue in 2018?"
    assert searching.retrieve(question, 1)[0].chunk.document_id == reports[0]
    library.edit_facts(reports[0], {"period": "2020"})
    library.edit_facts(reports[1], {"period": "2018"})
    assert searching.retrieve(question, 1)[0].chunk.document_id == reports[1]


def test_a_filter_keeps_to_its_documents(folder: Path, library: SqliteLibrary, store_text: Store) -> None:
    store_text("a.txt", "dogs bark at night")
    other = store_text("b.txt", "a dog is an animal")
    assert found(retriever_over(library, folder), "dogs bark", {other}) == ["a dog is an animal"]
    assert found(retriever_over(library, folder), "dogs bark", set()) == []


def test_what_is_committed_later_even_by_another_process_is_found_and_what_is_removed_never_again(
    folder: Path, library: SqliteLibrary, store_text: Store
) -> None:
    store_text("a.txt", "old text about cats")
    mine = retriever_over(library, folder)
    assert found(mine, "cats") == ["old text about cats"]
    store_text("a.txt", "new text about whales")
    other = store_text("b.txt", "more on whales")
    for searching in (mine, retriever_over(library, folder)):
        assert set(found(searching, "whales")) == {"new text about whales", "more on whales"}
    library.remove_all([other])
    assert found(mine, "whales") == ["new text about whales"]


def test_nothing_is_found_in_an_empty_library_whatever_it_is_restricted_to(
    folder: Path, library: SqliteLibrary
) -> None:
    searching = retriever_over(library, folder)
    assert [found(searching, "What is the code word?", within) for within in (None, set(), {1})] == [[], [], []]


def damage_dense(folder: Path) -> None:
    (folder / "dense.faiss").write_bytes(b"not an index")


def lose_keyword(folder: Path) -> None:
    shutil.rmtree(folder / "keyword")


def run_ahead(folder: Path) -> None:
    """Do what restoring an older library from a backup does."""
    for name in ("dense.json", "keyword.json"):
        stamp = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**stamp, "generation": 99}))


def belong_elsewhere(folder: Path) -> None:
    stamp = json.loads((folder / "keyword.json").read_text())
    (folder / "keyword.json").write_text(json.dumps({**stamp, "library": "another"}))


def test_an_index_that_cannot_be_relied_on_is_built_anew(
    folder: Path, library: SqliteLibrary, store_text: Store
) -> None:
    store_text("a.txt", "cats sleep", "dogs bark at night", "parrots talk")
    retriever_over(library, folder).retrieve("dogs", 1)
    for harm in (damage_dense, lose_keyword, run_ahead, belong_elsewhere):
        harm(folder)
        for weight in (0.0, 1.0, None):
            best, *_ = found(retriever_over(library, folder, weight), "when do dogs bark at night")
            assert best == "dogs bark at night", (harm.__name__, weight)


def test_no_query_crashes_and_none_is_answered_with_silence(
    folder: Path, library: SqliteLibrary, store_text: Store
) -> None:
    store_text("a.txt", "dogs bark at night", "dogs bark at night", "cats sleep")
    store_text("empty.txt")
    store_text("long.txt", "one line that never ends " * 20_000)
    searching = retriever_over(library, folder, None)
    strange = ("собаки лают", "?", "to be or not to be", 'text:(AND OR "x', "'; DROP TABLE chunks; --", "\x00 🦉")
    for query in (*strange, "dogs " * 2000):
        assert len(found(searching, query)) == 3, query


def test_keywords_decide_in_a_language_of_the_library_that_the_embedder_does_not_know(
    folder: Path, library: SqliteLibrary, store_text: Store
) -> None:
    store_text("a.txt", "Die alte Brücke von Baden wurde im Jahr 1932 von der Stadt gebaut.")
    store_text("b.txt", "The old bridge of Baden was built by the city in the year 1932.")
    german, french = "Wann wurde die alte Brücke von Baden gebaut?", "Quand a été construit le vieux pont de Baden ?"
    weights = {}
    for name, embedder in (("english", WordEmbedder()), ("multilingual", Multilingual())):
        searching = HybridRetriever(library, SearchIndexes(folder, library, 48), embedder)
        assert searching.languages() == {"de": 1, "en": 1}
        weights[name] = [searching._weight_of(query, None) for query in (german, french, "When was it built?")]
    assert weights["english"][0] < DENSE_WEIGHT
    assert weights["english"][1:] == [DENSE_WEIGHT] * 2
    assert weights["multilingual"] == [DENSE_WEIGHT] * 3


class Multilingual(WordEmbedder):
    is_multilingual = True
