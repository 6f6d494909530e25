"""A library of the version before is migrated with all it has, and then has the tables that servers share."""

from contextlib import closing
from typing import get_args

import pytest

from rag.stores.postgres import migrating
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.migrating import HEAD, prepare
from rag.stores.postgres.postgres_stores import PostgresStores
from rag.stores.rows.sql_statements import SharedPart
from tests.support.servers.postgres_server import PostgresServer

TABLES = {
    "accounts",
    "sessions",
    "failed_sign_ins",
    "keys",
    "shared_collections",
    "shared_conversations",
    "shared_links",
    "shared_borrowed",
}


@pytest.mark.postgres
def test_a_library_without_accounts_is_migrated(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with postgres.database() as name:
        address = postgres.address_of(name)
        monkeypatch.setattr(migrating, "HEAD", "0001")
        with closing(Connections(address)) as connections:
            prepare(connections, "words")
        with closing(PostgresStores(address, "words")) as before:
            note = before.notes.create("ann", "Fees")
        monkeypatch.setattr(migrating, "HEAD", HEAD)
        with closing(PostgresStores(address, "words")) as after:
            assert after.notes.notes("ann") == [note]
            for part in get_args(SharedPart):
                with after.shared(part).writing():
                    pass
        found = {
            table for (table,) in postgres.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name)
        }
        assert found >= TABLES
        assert postgres.run("SELECT version_num FROM citewell_schema", name) == [(HEAD,)]
