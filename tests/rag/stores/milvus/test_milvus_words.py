"""Words in Milvus; `tests/contracts/test_indexes_contract.py` has the rest."""

import pytest

from tests.support.servers.milvus_fixtures import MilvusContents

pytestmark = pytest.mark.milvus


def test_a_text_without_words_is_held_and_not_found(milvus_contents: MilvusContents) -> None:
    words = milvus_contents.keyword
    words.add([1, 2], ["???", "osprey"])
    assert words.ids() == {1, 2}
    assert [id_ for id_, _ in words.search("osprey", 5)] == [2]
    assert words.search("falcon", 5) == []
