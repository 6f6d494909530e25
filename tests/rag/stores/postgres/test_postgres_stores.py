"""The stores of one database are each other's neighbours: conversations know which documents are gone."""

import signal
from contextlib import closing

import pytest

from rag.errors import LibraryError
from rag.stores.postgres.postgres_stores import PostgresStores
from tests.support.servers.postgres_server import PostgresServer, programs, replicated_servers
from tests.support.waiting import until

pytestmark = pytest.mark.postgres


def wait_until_replayed(primary: PostgresServer, replica: PostgresServer) -> None:
    ((written,),) = primary.run("SELECT CAST(pg_current_wal_lsn() AS text)")
    behind = f"SELECT pg_last_wal_replay_lsn() < CAST('{written}' AS pg_lsn)"
    until(lambda: replica.run(behind) != [(True,)])


@pytest.mark.skipif(programs() is None, reason="there is no PostgreSQL with pgvector here")
def test_the_stores_go_on_with_a_replica_that_takes_over_and_have_lost_nothing() -> None:
    """Two servers of their own take some seconds: one of them is ended for good."""
    with replicated_servers() as (primary, replica):
        hosts = f"127.0.0.1:{primary.port},127.0.0.1:{replica.port}"
        address = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
        with closing(PostgresStores(address, "words")) as stores:
            kept = [stores.notes.create("ann", f"note {number}") for number in range(3)]
            wait_until_replayed(primary, replica)
            primary.stop(signal.SIGQUIT)
            with pytest.raises(LibraryError, match="cannot be reached"):
                stores.notes.notes("ann")
            replica.run("SELECT pg_promote(true, 30)")
            assert stores.notes.notes("ann") == kept
            assert stores.notes.create("ann", "after").title == "after"
