"""Stamps are kept in Milvus, one a collection."""

import pytest

from rag.stores.milvus.index_stamps import IndexStamp, IndexStamps
from rag.stores.milvus.milvus_server import MilvusServer
from tests.support.servers.milvus_process import MilvusProcess

pytestmark = pytest.mark.milvus


def test_a_stamp_is_replaced_and_deleted(milvus: MilvusProcess) -> None:
    stamps = IndexStamps(MilvusServer(milvus.address))
    assert stamps.read("one") is None
    stamps.write("one", IndexStamp("library", 3, 7))
    stamps.write("other", IndexStamp("library", 3, 1))
    stamps.write("one", IndexStamp("library", 3, 8, build="b"))
    assert stamps.read("one") == IndexStamp("library", 3, 8, build="b")
    stamps.delete("one")
    assert stamps.read("one") is None
    assert stamps.read("other") == IndexStamp("library", 3, 1)
    stamps.delete("other")
