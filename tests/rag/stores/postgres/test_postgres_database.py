"""Transactions in a real server: whole or not at all, one writer at a time, cut connections told and forgotten."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.errors import LibraryError
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.dialect import PostgresConnection
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.stores.postgres.postgres_stores import PostgresStores
from rag.stores.sql_statements import next_generation
from tests.support.servers.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture
def database(connections: Connections, postgres_address: str) -> PostgresDatabase:
    PostgresStores(postgres_address, "words").close()  # its tables say what it is
    return PostgresDatabase(connections, "library")


def cut_all(postgres: PostgresServer) -> None:
    postgres.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'citewell'")


def write(database: PostgresDatabase, then: Callable[[PostgresConnection], None]) -> None:
    with database.writing() as db:
        next_generation(db)
        then(db)


def write_once(database: PostgresDatabase) -> None:
    write(database, lambda _: None)


def is_free(database: PostgresDatabase) -> bool:
    with database.writing_if_free() as db:
        return db is not None


def test_a_snapshot_sees_one_state(database: PostgresDatabase) -> None:
    with database.snapshot() as db:
        before = db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
        with ThreadPoolExecutor(1) as other:
            other.submit(write_once, database).result()
        assert db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone() == before
    assert database.meta("generation") == "1"


def test_a_connection_cut_in_a_transaction_changes_nothing_and_the_next_one_works(
    database: PostgresDatabase, postgres: PostgresServer
) -> None:
    def cut(db: PostgresConnection) -> None:
        cut_all(postgres)
        next_generation(db)

    with pytest.raises(LibraryError, match=r"was cut while it was being written\..*run the same again"):
        write(database, cut)
    assert database.meta("generation") == "0"
    write_once(database)
    assert database.meta("generation") == "1"


def test_a_connection_cut_at_the_commit_is_told_to_be_unknown(
    database: PostgresDatabase, postgres: PostgresServer
) -> None:
    with pytest.raises(LibraryError, match="may be there or not"):
        write(database, lambda _: cut_all(postgres))
    assert database.meta("generation") == "0"


def test_a_server_that_was_away_is_gone_on_with(database: PostgresDatabase, postgres: PostgresServer) -> None:
    write_once(database)
    postgres.stop()
    try:
        with pytest.raises(LibraryError, match="cannot be reached"):
            database.meta("generation")
        with pytest.raises(LibraryError, match="cannot be reached"):
            write_once(database)
    finally:
        postgres.start()
    write_once(database)
    assert database.meta("generation") == "2"


def test_writers_take_turns_and_none_is_lost(database: PostgresDatabase) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write_once, [database] * 40))
    assert database.meta("generation") == "40"


def test_a_turn_is_taken_only_if_it_is_free(database: PostgresDatabase) -> None:
    with database.writing_if_free() as db:
        assert db
        next_generation(db)
        assert database.meta("generation") == "1"
        with ThreadPoolExecutor(1) as other:
            assert other.submit(is_free, database).result() is False
    assert database.meta("generation") == "1"
    assert is_free(database)
