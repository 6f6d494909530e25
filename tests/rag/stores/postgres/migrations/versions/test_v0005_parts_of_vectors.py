"""A library with one index over all vectors gets one over each part of them, and finds what it found."""

from contextlib import closing

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from rag.stores.postgres.connections import Connections
from rag.stores.postgres.migrating import MIGRATIONS
from rag.stores.postgres.postgres_stores import PostgresStores
from rag.stores.postgres.search.vector_search import PARTS
from tests.contracts.test_library_contract import content
from tests.support.fakes import WordEmbedder
from tests.support.servers.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres

_NAMES = "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'vectors_nearest%' ORDER BY indexname"


def downgrade(address: str, revision: str) -> None:
    with closing(Connections(address)) as connections:
        engine = create_engine("postgresql+psycopg://", creator=connections.connect_plainly, poolclass=NullPool)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, revision)


def test_one_index_becomes_one_for_each_part(postgres: PostgresServer) -> None:
    parts = [(f"vectors_nearest_{part}",) for part in range(PARTS)]
    vectors = WordEmbedder().embed_documents(["the osprey"])
    with postgres.database() as name:
        address = postgres.address_of(name)
        with closing(PostgresStores(address, "words")) as stores:
            stores.library.replace(content("a.txt", "the osprey"), vectors)
        assert postgres.run(_NAMES, name) == parts
        downgrade(address, "0004")
        assert postgres.run(_NAMES, name) == [("vectors_nearest",)]
        with closing(PostgresStores(address, "words")) as stores:
            assert postgres.run(_NAMES, name) == parts
            assert [id_ for id_, _ in stores.indexes(48).dense.search(vectors[0], 5)] == stores.library.chunk_ids()
