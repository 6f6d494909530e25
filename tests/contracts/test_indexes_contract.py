"""Every VectorIndex and KeywordIndex: neighbours and scores, replacement, removal, filters inside the search."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.interfaces import KeywordIndex, VectorIndex
from rag.interfaces.search_indexes import Indexes
from rag.stores import faiss_index
from rag.stores.faiss_index import FaissIndex
from rag.stores.keyword_index import TantivyIndex
from rag.stores.postgres.postgres_stores import PostgresStores


def unit(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)
MILVUS = pytest.param("milvus", marks=pytest.mark.milvus)
STANDALONE = pytest.param("standalone", marks=pytest.mark.milvus)  # of 2.3, which has vectors only


@pytest.fixture
def indexes(postgres_address: str) -> Iterator[Indexes]:
    with closing(PostgresStores(postgres_address, "words")) as stores:
        yield stores.indexes(3)


@pytest.fixture(params=["exact", "approximate", POSTGRES, MILVUS, STANDALONE])
def vectors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> VectorIndex:
    if request.param == "exact":
        return FaissIndex(3)
    if request.param == "standalone":
        if request.node.originalname == "test_all_ids_are_returned":
            pytest.skip("a server of 2.3 lists the ids of a second ago")
        older: VectorIndex = request.getfixturevalue("standalone_vectors")
        return older
    if request.param in ("postgres", "milvus"):
        held = "indexes" if request.param == "postgres" else "milvus_contents"
        index: VectorIndex = request.getfixturevalue(held).dense
        return index
    monkeypatch.setattr(faiss_index, "EXACT_LIMIT", 100)
    monkeypatch.setattr(faiss_index, "_VECTORS_PER_CELL", 100)
    monkeypatch.setattr(faiss_index, "_TRAINING_PER_CELL", 64)
    stored = random_units(500)
    index = FaissIndex.build(3, range(1000, 1500), lambda ids: (ids, stored[[id_ - 1000 for id_ in ids]]))
    assert not index.is_exact
    index.remove(range(1000, 1500))
    return index


def random_units(count: int, dimension: int = 3) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    vectors = np.random.default_rng(0).normal(size=(count, dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


@pytest.fixture(params=["memory", "folder", POSTGRES, MILVUS])
def keywords(request: pytest.FixtureRequest, tmp_path: Path) -> KeywordIndex:
    if request.param in ("postgres", "milvus"):
        held = "indexes" if request.param == "postgres" else "milvus_contents"
        index: KeywordIndex = request.getfixturevalue(held).keyword
        return index
    return TantivyIndex(tmp_path / "index" if request.param == "folder" else None)


def test_nearest_vectors_come_first_with_their_cosines(vectors: VectorIndex) -> None:
    stored = np.stack([unit(1, 0, 0), unit(1, 1, 0), unit(0, 0, 1)])
    vectors.add([7, 8, 9], stored)
    found = vectors.search(unit(1, 0.1, 0), 3)
    assert [id_ for id_, _ in found] == [7, 8, 9]
    assert [score for _, score in found] == pytest.approx(sorted(stored @ unit(1, 0.1, 0), reverse=True), abs=1e-3)


def test_an_added_id_replaces_and_a_removed_one_is_not_found(vectors: VectorIndex) -> None:
    vectors.add([1, 2], np.stack([unit(1, 0, 0), unit(0, 1, 0)]))
    vectors.add([1], unit(0, 0, 1)[None])
    ((id_, score),) = vectors.search(unit(0, 0, 1), 1)
    assert id_ == 1
    assert score == pytest.approx(1, abs=1e-3)  # half precision
    vectors.remove([1, 99])
    assert [id_ for id_, _ in vectors.search(unit(0, 0, 1), 5)] == [2]


def test_a_filter_on_vectors_acts_inside_the_search(vectors: VectorIndex) -> None:
    vectors.add(list(range(100)), np.stack([unit(1, i / 100, 0) for i in range(100)]))
    assert [id_ for id_, _ in vectors.search(unit(1, 0, 0), 2, within={90, 95})] == [90, 95]
    assert vectors.search(unit(1, 0, 0), 2, within=set()) == []


def test_all_ids_are_returned(vectors: VectorIndex, keywords: KeywordIndex) -> None:
    for index in (vectors, keywords):
        assert index.ids() == set()
    vectors.add(list(range(100)), random_units(100))
    vectors.remove([7])
    keywords.add(list(range(100)), ["word"] * 100)
    keywords.remove([7])
    for index in (vectors, keywords):
        assert index.ids() == set(range(100)) - {7}


def test_words_match_by_stem_whatever_case_and_accent(keywords: KeywordIndex) -> None:
    keywords.add([1, 2, 3], ["Running shoes", "A café in Paris", "Nothing of the kind"])
    assert [id_ for id_, _ in keywords.search("he RUNS", 5)] == [1]
    assert [id_ for id_, _ in keywords.search("cafe", 5)] == [2]


def test_the_text_with_more_and_rarer_words_of_the_query_is_first(keywords: KeywordIndex) -> None:
    keywords.add([1, 2, 3], ["red apple", "red car", "red apple pie recipe with zest"])
    found = keywords.search("apple pie zest", 5)
    assert [id_ for id_, _ in found] == [3, 1]
    assert found[0][1] > found[1][1] > 0


def test_texts_are_replaced_removed_and_filtered(keywords: KeywordIndex) -> None:
    keywords.add([1, 2], ["alpha", "alpha beta"])
    keywords.add([1], ["gamma"])
    assert [id_ for id_, _ in keywords.search("alpha", 5)] == [2]
    assert keywords.search("alpha", 5, within={1}) == []
    keywords.remove([2, 99])
    assert keywords.search("alpha", 5) == []


def test_a_filter_does_not_change_the_score(keywords: KeywordIndex) -> None:
    keywords.add([1, 2, 3], ["alpha beta", "alpha", "gamma"])
    assert keywords.search("alpha", 5, within={2})[0][1] == pytest.approx(dict(keywords.search("alpha", 5))[2])


def test_a_prepared_query_finds_what_its_text_finds(keywords: KeywordIndex) -> None:
    keywords.add([1, 2, 3], ["red apple", "red car", "red apple pie"])
    assert keywords.search(keywords.prepare("apple pie"), 5) == keywords.search("apple pie", 5)
    assert keywords.search(keywords.prepare("?!"), 5) == []


def test_no_text_scores_more_than_is_attainable(keywords: KeywordIndex) -> None:
    keywords.add([1, 2, 3], ["pear " * 200, "pear plum", "plum " * 50 + "pear"])
    query = keywords.prepare("pear plum unknown")
    assert 0 < keywords.search(query, 1)[0][1] < query.attainable


def test_a_word_weighs_by_its_rarity_among_the_ids_that_count(keywords: KeywordIndex) -> None:
    keywords.add(list(range(1000)), ["acme and water"] * 700 + ["goodwill of others"] * 299 + ["acme goodwill"])
    usual = keywords.prepare("acme goodwill unheard").words
    inside = keywords.prepare("acme goodwill unheard", {*range(700), 999}).words
    assert set(usual.values()) == {1.0}
    assert inside["acm"] < 1 < inside["goodwil"]
    assert inside["unheard"] == pytest.approx(1, abs=0.1)


def test_no_text_is_a_syntax_error() -> None:
    index = TantivyIndex()
    index.add([1], ['some text AND (other) "text" field:value'])

    @given(st.text(max_size=200))
    def only_the_text_is_found(text: str) -> None:
        assert all(id_ == 1 for id_, _ in index.search(text, 3))

    only_the_text_is_found()


def test_texts_are_analysed_in_their_language_and_found_in_every_one(keywords: KeywordIndex) -> None:
    keywords.add(
        [1, 2, 3, 4],
        ["Die Häuser der Stadt", "The houses of the city", "该公司于1984年在青岛创立", "Las casas"],
        ["de", "en", "zh", "es"],
    )
    assert [id_ for id_, _ in keywords.search("Haus", 5)] == [1]
    assert [id_ for id_, _ in keywords.search("house", 5)] == [2]
    assert [id_ for id_, _ in keywords.search("青岛的公司", 5)] == [3]
    assert [id_ for id_, _ in keywords.search("casa", 5)] == [4]


def test_languages_are_counted_within_a_filter(keywords: KeywordIndex) -> None:
    assert keywords.languages() == {}
    keywords.add([1, 2, 3, 4], ["eins", "zwei", "one", "???"], ["de", "de", "en", ""])
    assert keywords.languages() == {"de": 2, "en": 1, "": 1}
    assert keywords.languages(within={2, 3}) == {"de": 1, "en": 1}
    assert keywords.languages(within=set()) == {}
    keywords.remove([1, 2])
    assert keywords.languages() == {"en": 1, "": 1}
