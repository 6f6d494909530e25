"""Collections in Milvus, beside what `tests/contracts/test_indexes_contract.py` has."""

import numpy as np
import pytest

from rag.errors import LibraryError
from rag.stores.milvus import milvus_collection
from tests.support.servers.milvus_fixtures import MilvusContents
from tests.support.servers.milvus_process import MilvusProcess

pytestmark = pytest.mark.milvus


def test_a_filter_of_many_ids_is_searched_in_parts(
    milvus_contents: MilvusContents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus_collection, "_IDS_AT_ONCE", 3)
    monkeypatch.setattr(milvus_collection._filters, "__defaults__", (3,))
    words = milvus_contents.keyword
    words.add(list(range(10)), [f"osprey{' osprey' * number}" for number in range(10)], ["en"] * 10)
    found = words.search("osprey", 3, within=set(range(8)))
    assert [id_ for id_, _ in found] == [7, 6, 5]
    assert words.languages(within=set(range(8))) == {"en": 8}
    words.remove(range(8))
    assert words.ids() == {8, 9}


def test_a_server_that_is_away_is_told_and_searched_as_soon_as_it_is_back(
    milvus_contents: MilvusContents, milvus: MilvusProcess
) -> None:
    words = milvus_contents.keyword
    words.add([1], ["osprey"])
    milvus.stop()
    try:
        with pytest.raises(LibraryError, match="does not answer"):
            words.search("osprey", 3)
    finally:
        milvus.start()
    assert [id_ for id_, _ in words.search("osprey", 3)] == [1]


def test_a_limit_beyond_what_milvus_gives_is_no_error(milvus_contents: MilvusContents) -> None:
    milvus_contents.dense.add([1], np.array([[1, 0, 0]], dtype=np.float32))
    ((id_, score),) = milvus_contents.dense.search(np.array([1, 0, 0], dtype=np.float32), 100_000)
    assert id_ == 1
    assert score == pytest.approx(1)


def test_a_text_without_words_is_held_and_not_found(milvus_contents: MilvusContents) -> None:
    words = milvus_contents.keyword
    words.add([1, 2], ["???", "osprey"])
    assert words.ids() == {1, 2}
    assert [id_ for id_, _ in words.search("osprey", 5)] == [2]
    assert words.search("falcon", 5) == []
