"""The queue is added to a database that there was, and goes without a trace."""

from contextlib import closing

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from rag.stores.postgres.connections import Connections
from rag.stores.postgres.migrating import MIGRATIONS, prepare
from tests.support.servers.postgres_server import PostgresServer


@pytest.mark.postgres
def test_a_database_without_a_queue_gets_one(postgres: PostgresServer) -> None:
    tables = "SELECT to_regclass('jobs') IS NOT NULL"
    with postgres.database() as name, closing(Connections(postgres.address_of(name))) as connections:
        prepare(connections, "words")
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with create_engine(
            "postgresql+psycopg://", creator=connections.connect_plainly, poolclass=NullPool
        ).begin() as db:
            config.attributes["connection"] = db
            command.downgrade(config, "0003")
        assert postgres.run(tables, name) == [(False,)]
        prepare(connections, "words")
        assert postgres.run(tables, name) == [(True,)]
