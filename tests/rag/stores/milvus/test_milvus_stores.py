"""A library in PostgreSQL that Milvus searches: the same to all above, and without an index over vectors of its own."""

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from rag.stores.milvus.milvus_indexes import MilvusIndexes
from rag.stores.open_stores import open_stores
from tests.support.servers.milvus_process import MilvusProcess
from tests.support.stored_texts import stored

pytestmark = [pytest.mark.milvus, pytest.mark.postgres]


def test_two_programs_search_what_each_stores(tmp_path: Path, postgres_address: str, milvus: MilvusProcess) -> None:
    with (
        closing(open_stores(tmp_path, postgres_address, "words", milvus.address)) as one,
        closing(open_stores(tmp_path, postgres_address, "words", milvus.address)) as other,
    ):
        stored(one.library, "a.txt", "the osprey")
        for stores in (other, one):
            indexes = stores.indexes(48)
            assert isinstance(indexes, MilvusIndexes)
            indexes.refresh()
            assert [id_ for id_, _ in indexes.keyword.search("osprey", 5)] == one.library.chunk_ids()
    with psycopg.connect(postgres_address) as db:
        assert db.execute("SELECT to_regclass('vectors_nearest_0')").fetchone() == (None,)
        assert db.execute("SELECT count(*) FROM keywords").fetchone() == (0,)
