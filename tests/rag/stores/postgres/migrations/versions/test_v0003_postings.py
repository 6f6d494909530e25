"""A library of the first version gets its postings at the next search."""

from contextlib import closing

import pytest

from rag.stores.postgres.postgres_stores import PostgresStores
from tests.contracts.test_library_contract import content
from tests.support.fakes import WordEmbedder
from tests.support.servers.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres


def test_what_was_indexed_before_is_found_after(postgres: PostgresServer) -> None:
    with postgres.database() as name:
        address = postgres.address_of(name)
        with closing(PostgresStores(address, "words")) as stores:
            stores.library.replace(content("a.txt", "the osprey"), WordEmbedder().embed_documents(["the osprey"]))
            stores.indexes(48).refresh()
        postgres.run("DROP TABLE postings, jobs, open_questions", name)
        postgres.run("CREATE INDEX keywords_by_word ON keywords USING gin(words)", name)
        postgres.run("CREATE INDEX keywords_by_part ON keywords USING gin(parts)", name)
        postgres.run("UPDATE citewell_schema SET version_num = '0002'", name)
        with closing(PostgresStores(address, "words")) as stores:
            indexes = stores.indexes(48)
            indexes.refresh()
            assert [id_ for id_, _ in indexes.keyword.search("osprey", 5)] == stores.library.chunk_ids()
