"""A collection in Milvus: filters of any number of ids in parts, rows replaced, loaded again after a restart."""

import pytest

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


def test_a_server_that_was_started_anew_is_searched_at_once(
    milvus_contents: MilvusContents, milvus: MilvusProcess
) -> None:
    words = milvus_contents.keyword
    words.add([1], ["osprey"])
    milvus.stop()
    milvus.start()
    assert [id_ for id_, _ in words.search("osprey", 3)] == [1]
