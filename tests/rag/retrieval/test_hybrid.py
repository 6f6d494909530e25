"""Retrieval: fusion, filters, and indexes in step with the library."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.assistant import KeepOrder
from rag.retrieval.hybrid import HybridRetriever, dense_weight, diversify_pages, fuse, query_vector
from rag.stores.index_sync import SearchIndexes
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Chunk, Passage
from tests.conftest import passages
from tests.support.fakes import WordEmbedder

Store = Callable[..., int]
HITS = st.dictionaries(st.integers(1, 20), st.floats(0, 1), max_size=10).map(
    lambda scores: sorted(scores.items(), key=lambda item: -item[1])
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def retriever(folder: Path, library: SqliteLibrary, dense_weight: float | None = 0.7) -> HybridRetriever:
    embedder = WordEmbedder()
    indexes = SearchIndexes(folder, library, embedder.dimension)
    return HybridRetriever(library, indexes, embedder, dense_weight=dense_weight)


def found(retriever: HybridRetriever, query: str, within: set[int] | None = None) -> list[str]:
    return [p.chunk.text for p in retriever.retrieve(query, 3, within)]


@given(HITS, HITS, st.floats(0, 1))
def test_fusion_ranks_every_hit_of_the_sides_in_use_once(
    dense: list[tuple[int, float]], keyword: list[tuple[int, float]], weight: float
) -> None:
    ranked = fuse(dense, keyword, weight)
    ids = [id_ for id_, _ in ranked]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {id_ for id_, _ in dense} | {id_ for id_, _ in keyword}
    assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True)


def test_fusion_weighs_the_cosine_against_the_share_of_the_best_bm25() -> None:
    ranked = dict(fuse([(1, 0.8), (2, 0.4)], [(2, 10.0), (3, 5.0)], 0.7))
    assert ranked == pytest.approx({1: 0.56, 2: 0.58, 3: 0.15})


def test_one_side_alone_is_that_sides_ranking() -> None:
    dense, keyword = [(1, 0.9), (2, 0.1)], [(3, 7.0), (1, 2.0)]
    assert [id_ for id_, _ in fuse(dense, keyword, 1.0)] == [1, 2]
    assert [id_ for id_, _ in fuse(dense, keyword, 0.0)] == [3, 1]


def test_keywords_count_more_the_more_steeply_their_scores_fall() -> None:
    flat = [(id_, 10.0) for id_ in range(5)]
    falling = [(id_, 10.0 - 0.5 * id_) for id_ in range(5)]
    steep = [(0, 10.0), (1, 2.0)]
    weights = [dense_weight(hits) for hits in (flat, falling, steep, [])]
    assert weights == pytest.approx([0.90, 0.775, 0.65, 1.0])


def test_a_question_of_several_sentences_is_searched_by_each_of_them() -> None:
    embedder = WordEmbedder()
    question = "The hotel was booked for May. When do dogs bark at night?"
    about_dogs = embedder.embed_query("dogs bark at night")
    about_hotel = embedder.embed_query("the hotel was booked for May")
    vector = query_vector(question, embedder)
    assert min(vector @ about_dogs, vector @ about_hotel) > 0.4
    assert np.linalg.norm(query_vector(question, embedder)) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(query_vector("One question?", embedder), embedder.embed_query("One question?"))


def test_the_document_that_a_question_names_comes_first(
    folder: Path, library: SqliteLibrary, store_text: Store
) -> None:
    for name in ("ACME_2018.pdf", "ACME_2019.pdf", "OTHER_2019.pdf"):
        store_text(name, "revenue rose again")
    searching = retriever(folder, library, None)
    for year in ("2018", "2019"):
        best = searching.retrieve(f"What was ACME's revenue in {year}?", 1)[0]
        assert best.chunk.document == f"ACME_{year}.pdf"


@pytest.mark.parametrize("weight", [0.0, 0.7, 1.0, None])
def test_the_passage_about_the_question_is_first(
    folder: Path, library: SqliteLibrary, store_text: Store, weight: float | None
) -> None:
    store_text("a.txt", "cats sleep all day", "dogs bark at night", "parrots talk")
    assert found(retriever(folder, library, weight), "when do dogs bark")[0] == "dogs bark at night"


def test_a_filter_keeps_to_its_documents(folder: Path, library: SqliteLibrary, store_text: Store) -> None:
    store_text("a.txt", "dogs bark at night")
    other = store_text("b.txt", "a dog is an animal")
    assert found(retriever(folder, library), "dogs bark", {other}) == ["a dog is an animal"]
    assert found(retriever(folder, library), "dogs bark", set()) == []


def test_what_is_committed_later_even_by_another_process_is_found(
    folder: Path, library: SqliteLibrary, store_text: Store
) -> None:
    store_text("a.txt", "old text about cats")
    mine = retriever(folder, library)
    assert found(mine, "cats") == ["old text about cats"]
    store_text("a.txt", "new text about whales")
    store_text("b.txt", "more on whales")
    assert set(found(mine, "whales")) == {"new text about whales", "more on whales"}
    assert set(found(retriever(folder, library), "whales")) == {"new text about whales", "more on whales"}


def test_a_removed_document_is_never_found_again(folder: Path, library: SqliteLibrary, store_text: Store) -> None:
    id_ = store_text("a.txt", "secret plans")
    mine = retriever(folder, library)
    assert found(mine, "secret plans")
    library.remove(id_)
    assert found(mine, "secret plans") == []


def damage_dense(folder: Path) -> None:
    (folder / "dense.faiss").write_bytes(b"not an index")


def lose_dense(folder: Path) -> None:
    (folder / "dense.faiss").unlink()


def lose_keyword(folder: Path) -> None:
    shutil.rmtree(folder / "keyword")


def damage_keyword(folder: Path) -> None:
    for file in (folder / "keyword").glob("*.json"):
        file.write_text("{")


def garble_stamp(folder: Path) -> None:
    (folder / "dense.json").write_text("?")


def run_ahead(folder: Path) -> None:
    """Do what restoring an older library from a backup does."""
    for name in ("dense.json", "keyword.json"):
        stamp = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**stamp, "generation": 99}))


def belong_elsewhere(folder: Path) -> None:
    stamp = json.loads((folder / "keyword.json").read_text())
    (folder / "keyword.json").write_text(json.dumps({**stamp, "library": "another"}))


@pytest.mark.parametrize(
    "harm",
    [damage_dense, lose_dense, lose_keyword, damage_keyword, garble_stamp, run_ahead, belong_elsewhere],
)
def test_an_index_that_cannot_be_relied_on_is_built_anew(
    folder: Path, library: SqliteLibrary, store_text: Store, harm: Callable[[Path], None]
) -> None:
    store_text("a.txt", "dogs bark at night", "cats sleep")
    retriever(folder, library).retrieve("dogs", 1)
    harm(folder)
    for weight in (0.0, 1.0):
        assert found(retriever(folder, library, weight), "dogs bark at night")[0] == "dogs bark at night"


@pytest.mark.parametrize(
    "query",
    [
        "собаки лают",
        "?",
        "to be or not to be",
        'text:(AND OR "x',
        "'; DROP TABLE chunks; --",
        "dogs " * 2000,
        "\x00 🦉",
    ],
)
def test_no_query_crashes_and_none_is_answered_with_silence(
    folder: Path, library: SqliteLibrary, store_text: Store, query: str
) -> None:
    store_text("a.txt", "dogs bark at night", "dogs bark at night", "cats sleep")
    store_text("empty.txt")
    store_text("long.txt", "one line that never ends " * 20_000)
    assert len(found(retriever(folder, library, None), query)) == 3


def test_keeping_the_order_keeps_the_first() -> None:
    ranked = passages(["a", "b", "c"])
    assert KeepOrder().rerank("q", ranked, 2) == ranked[:2]


def on_page(number: int, score: float, label: str | None = None) -> Passage:
    text = f"page {number}, score {score}"
    chunk = Chunk(
        id=0,
        document_id=1,
        document="a.pdf",
        page=number,
        page_label=str(number) if label is None else label,
        start=0,
        end=len(text),
        text=text,
        heading="",
    )
    return Passage(chunk, score)


def test_a_page_that_gave_a_passage_gives_way_to_one_that_is_nearly_as_good() -> None:
    ranked = [on_page(1, 0.80), on_page(1, 0.79), on_page(2, 0.75), on_page(3, 0.50)]
    assert [p.chunk.page for p in diversify_pages(ranked, 4)] == [1, 2, 1, 3]
    assert [p.chunk.page for p in diversify_pages(ranked, 1)] == [1]


@pytest.mark.parametrize("label", ["", "lines 1–40"])
def test_a_text_file_is_not_a_page_to_get_away_from(label: str) -> None:
    ranked = [on_page(1, 0.80, label), on_page(1, 0.79, label), on_page(2, 0.75, label)]
    assert diversify_pages(ranked, 3) == ranked


@given(st.lists(st.tuples(st.integers(1, 4), st.floats(0, 1)), max_size=12), st.integers(0, 12))
def test_spreading_loses_nothing_and_keeps_the_order_within_a_page(pages: list[tuple[int, float]], limit: int) -> None:
    ranked = sorted((on_page(page, score) for page, score in pages), key=lambda p: -p.score)
    chosen = diversify_pages(ranked, limit)
    assert len(chosen) == min(limit, len(ranked))
    for page in {p.chunk.page for p in chosen}:
        of_page = [p.chunk.text for p in chosen if p.chunk.page == page]
        assert of_page == [p.chunk.text for p in ranked if p.chunk.page == page][: len(of_page)]
