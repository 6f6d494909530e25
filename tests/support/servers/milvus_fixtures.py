"""Fixtures of real Milvus servers, one of each for all tests of a run; without the packages, tests are skipped."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import pytest

from rag.interfaces import KeywordIndex, VectorIndex

if TYPE_CHECKING:
    from tests.support.servers.milvus_process import MilvusProcess

_NUMBERS = count(1)


@dataclass(frozen=True)
class MilvusContents:
    """Two empty indexes, the dense one of three dimensions."""

    dense: VectorIndex
    keyword: KeywordIndex


@pytest.fixture(scope="session")
def milvus() -> Iterator["MilvusProcess"]:
    """Yield a running server; a test that ends it starts it again."""
    for package in ("pymilvus", "milvus_lite"):
        pytest.importorskip(package)
    from tests.support.servers.milvus_process import MilvusProcess

    server = MilvusProcess()
    yield server
    server.close()


@pytest.fixture
def milvus_contents(milvus: "MilvusProcess") -> Iterator[MilvusContents]:
    """Yield two empty indexes."""
    from rag.stores.milvus.milvus_collection import MilvusCollection
    from rag.stores.milvus.milvus_server import MilvusServer
    from rag.stores.milvus.milvus_vectors import MilvusVectorIndex
    from rag.stores.milvus.milvus_words import MilvusKeywordIndex

    server, number = MilvusServer(milvus.address), next(_NUMBERS)
    vectors, words = (MilvusCollection(server, f"test_{number}_{kind}") for kind in ("dense", "words"))
    dense, keyword = MilvusVectorIndex(vectors, 3), MilvusKeywordIndex(words)
    dense.create()
    keyword.create()
    yield MilvusContents(dense, keyword)
    for collection in (vectors, words):
        collection.call("drop_collection")
    server.close()


@pytest.fixture(scope="session")
def milvus_standalone() -> Iterator["MilvusProcess"]:
    """Yield a running standalone server."""
    pytest.importorskip("pymilvus")
    from tests.support.servers.milvus_process import STANDALONE, MilvusProcess, standalone

    program = standalone()
    if program is None:
        pytest.skip(f"there is no milvus-server: pip install milvus==2.3.5 elsewhere, and name it in {STANDALONE}")
    server = MilvusProcess(program)
    yield server
    server.close()


@pytest.fixture
def standalone_vectors(milvus_standalone: "MilvusProcess") -> Iterator[VectorIndex]:
    """Yield an empty index of three dimensions in the standalone server."""
    from rag.stores.milvus.milvus_collection import MilvusCollection
    from rag.stores.milvus.milvus_vectors import MilvusVectorIndex
    from tests.support.servers.milvus_process import OlderMilvus

    server = OlderMilvus(milvus_standalone.address)
    collection = MilvusCollection(server, f"test_{next(_NUMBERS)}_dense")
    index = MilvusVectorIndex(collection, 3)
    index.create()
    yield index
    collection.call("drop_collection")
    server.close()
