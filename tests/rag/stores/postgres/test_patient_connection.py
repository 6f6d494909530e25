"""A PostgreSQL that falls silent: nobody waits for ever, the sentence says so, and all goes on once it speaks again."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from rag.errors import LibraryError
from rag.stores.postgres import connections as connections_module
from rag.stores.postgres import postgres_database
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.postgres_database import PostgresDatabase
from tests.rag.stores.postgres.swallowing_relay import SwallowingRelay, swallowing_relay
from tests.support.servers.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres

_LIMIT = "?options=-c%20statement_timeout%3D300"
_LONGEST_S = 60.0
"""Far above the limits of these tests on any machine. Without them nothing would end the wait, as the relay stays."""


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections_module, "_GRACE_SECONDS", 0.2)
    monkeypatch.setattr(connections_module, "_CONNECT_SECONDS", 2)
    monkeypatch.setitem(connections_module._DEFAULTS, "connect_timeout", 2)
    monkeypatch.setattr(postgres_database, "_SHORT_SECONDS", 1)


@pytest.fixture
def relay(postgres: PostgresServer) -> Iterator[SwallowingRelay]:
    with swallowing_relay(postgres.port) as relay:
        yield relay


@pytest.fixture
def through(relay: SwallowingRelay, postgres_address: str) -> Iterator[Connections]:
    """Connections to an empty library through the relay."""
    name = postgres_address.rpartition("/")[2]
    with closing(Connections(f"postgresql://postgres@127.0.0.1:{relay.port}/{name}{_LIMIT}")) as connections:
        yield connections


def told(database: PostgresDatabase) -> str:
    """Return what a reader is told, who must not wait long for it."""
    begun = time.monotonic()
    with pytest.raises(LibraryError) as caught:
        database.meta("identity")
    assert time.monotonic() - begun < _LONGEST_S
    return str(caught.value)


def answers(database: PostgresDatabase) -> bool:
    """Return whether the empty library is read."""
    return database.meta("identity") == ""


def test_a_server_that_no_byte_comes_from_is_given_up_and_gone_on_with(
    relay: SwallowingRelay, through: Connections
) -> None:
    database = PostgresDatabase(through, "library")
    with through.borrow(), through.borrow():  # two that will be idle
        database.meta("identity")
    relay.swallows.set()
    assert "did not answer in time" in told(database)
    assert not through._idle, "each would be waited for in turn"
    assert "cannot be reached" in told(database), "a new connection is not waited for either"
    relay.swallows.clear()
    assert answers(database)


def test_a_change_is_given_up_too_and_was_not_made(relay: SwallowingRelay, through: Connections) -> None:
    database = PostgresDatabase(through, "conversations")

    def change() -> None:
        with database.writing() as db:
            db.execute("INSERT INTO meta VALUES ('identity', 'changed')")
            relay.swallows.set()
            db.execute("SELECT 1")

    begun = time.monotonic()
    with pytest.raises(LibraryError, match="was cut while it was being written"):
        change()
    assert time.monotonic() - begun < _LONGEST_S
    relay.swallows.clear()
    assert answers(database)


def test_a_stopped_backend_is_given_up(postgres: PostgresServer, postgres_address: str) -> None:
    with closing(Connections(postgres_address + _LIMIT)) as connections:
        database = PostgresDatabase(connections, "library")
        with connections.borrow() as db:
            backend = db.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        try:
            assert "did not answer in time" in told(database)
            assert answers(database), "another backend answers"
        finally:
            os.kill(backend, signal.SIGCONT)


def test_what_is_stored_may_take_longer_than_what_is_read(postgres_address: str) -> None:
    with closing(Connections(postgres_address + _LIMIT)) as connections:
        for part in ("library", "indexes", "conversations"):
            with PostgresDatabase(connections, part).writing() as db:
                db.execute("SELECT pg_sleep(.6)")
