"""Connections to a real server: passwords, servers that are gone, connections that are cut while nobody uses them."""

from collections.abc import Iterator
from contextlib import closing
from threading import BoundedSemaphore
from urllib.parse import quote

import pytest

from rag.errors import LibraryError, SettingsError
from rag.stores.postgres import connections as connections_module
from rag.stores.postgres.connections import Connections
from tests.support.servers.free_port import free_port
from tests.support.servers.postgres_server import GUARDED, PASSWORD, PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture
def opened(postgres: PostgresServer) -> Iterator[Connections]:
    with closing(Connections(postgres.address_of("postgres"))) as connections:
        yield connections


def pid(connections: Connections) -> int:
    with connections.borrow() as db:
        row = db.execute("SELECT pg_backend_pid()").fetchone()
        assert row
        return int(row[0])


def refusal(address: str) -> str:
    with closing(Connections(address)) as connections, pytest.raises(LibraryError) as caught, connections.borrow():
        pass
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None, "the cause would hold the address"
    return str(caught.value)


def test_a_password_comes_from_the_address_or_the_environment(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres.address_of("postgres", GUARDED)
    assert "asks for a password" in refusal(address)
    wrong = refusal(address.replace(GUARDED, f"{GUARDED}:wrong"))
    assert "refuses the password" in wrong
    assert "PGPASSWORD" in wrong
    with closing(Connections(address.replace(GUARDED, f"{GUARDED}:{quote(PASSWORD, safe='')}"))) as connections:
        assert pid(connections)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with closing(Connections(address)) as connections:
        assert pid(connections)


def test_a_missing_database_and_a_missing_server_are_told_with_what_to_do(postgres: PostgresServer) -> None:
    assert "createdb --encoding=UTF8 --template=template0 absent" in refusal(postgres.address_of("absent"))
    gone = refusal(f"postgresql://ann:{quote(PASSWORD, safe='')}@127.0.0.1:{free_port()}/library")
    assert "127.0.0.1/library cannot be reached" in gone
    assert "goes on by itself" in gone


@pytest.mark.parametrize("address", [f"postgresql://ann:{PASSWORD}@host:port x/db", "postgresql://host/db?secret=1"])
def test_an_address_that_is_none_is_refused_without_telling_it(address: str) -> None:
    with pytest.raises(SettingsError, match="no address of PostgreSQL") as caught:
        Connections(address)
    assert "secret" not in str(caught.value)
    assert "ann" not in str(caught.value)


def test_a_connection_is_used_again_until_it_is_cut(opened: Connections, postgres: PostgresServer) -> None:
    first = pid(opened)
    assert pid(opened) == first
    postgres.run(f"SELECT pg_terminate_backend({first}, 5000)")
    assert pid(opened) != first, "nobody sees that it was cut"


def test_a_connection_in_a_transaction_is_not_used_again(opened: Connections) -> None:
    with opened.borrow() as db:
        db.execute("BEGIN")
        first = db.info.backend_pid
    assert pid(opened) != first


def test_more_connections_than_there_may_be_are_refused(opened: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections_module, "_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(opened, "_room", BoundedSemaphore(1))
    with opened.borrow(), pytest.raises(LibraryError, match="All connections"), opened.borrow():
        pass


def test_many_vectors_are_searched_with_more_candidates(postgres: PostgresServer) -> None:
    def candidates() -> object:
        with closing(Connections(postgres.address_of(name))) as connections, connections.borrow() as db:
            return db.execute("SHOW hnsw.ef_search").fetchone()

    with postgres.database() as name:
        assert candidates() == ("200",)  # no table yet
        postgres.run("CREATE TABLE vectors()", name)
        assert candidates() == ("200",)
        postgres.run("UPDATE pg_class SET reltuples = 1e6 WHERE relname = 'vectors'", name)
        assert candidates() == ("500",)
