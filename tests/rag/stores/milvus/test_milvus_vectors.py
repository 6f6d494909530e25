"""Vectors in Milvus; `tests/contracts/test_indexes_contract.py` has the rest."""

import numpy as np
import pytest

from tests.support.servers.milvus_fixtures import MilvusContents

pytestmark = pytest.mark.milvus


def test_a_limit_beyond_what_milvus_gives_is_no_error(milvus_contents: MilvusContents) -> None:
    milvus_contents.dense.add([1], np.array([[1, 0, 0]], dtype=np.float32))
    ((id_, score),) = milvus_contents.dense.search(np.array([1, 0, 0], dtype=np.float32), 100_000)
    assert id_ == 1
    assert score == pytest.approx(1)
