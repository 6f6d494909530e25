"""Sessions in a database are those of every server on it, and go on when one is started anew."""

import pytest

from rag.stores.postgres.postgres_stores import PostgresStores
from serving.stored_users import StoredUsers
from tests.conftest import GOOD_PASSWORD
from tests.support.servers.postgres_server import PostgresServer
from web.auth.stored_sessions import StoredSessions

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("cheap_passwords")]


@pytest.fixture
def servers(postgres_stores: PostgresStores) -> tuple[StoredSessions, StoredSessions]:
    users = StoredUsers(postgres_stores.shared("accounts"))
    users.add("ann", GOOD_PASSWORD)
    one, two = (StoredSessions(users, postgres_stores.shared("sessions")) for _ in range(2))
    return one, two


def test_a_session_begun_at_one_server_is_known_at_another_until_it_is_ended(
    servers: tuple[StoredSessions, StoredSessions],
) -> None:
    one, two = servers
    token = one.begin("ann")
    assert two.user(token) == "ann"
    two.end(token)
    assert one.user(token) is None


def test_the_database_has_no_token_that_signs_anybody_in(
    servers: tuple[StoredSessions, StoredSessions], postgres_address: str, postgres: PostgresServer
) -> None:
    token = servers[0].begin("ann")
    ((row,),) = postgres.run("SELECT CAST(s AS text) FROM sessions s", postgres_address.rpartition("/")[2])
    assert token not in row
    assert servers[0].user(row.strip("()").split(",")[0]) is None


def test_the_last_use_is_written_down_once_a_minute(
    servers: tuple[StoredSessions, StoredSessions], postgres_address: str, postgres: PostgresServer
) -> None:
    name = postgres_address.rpartition("/")[2]
    token = servers[0].begin("ann")

    def used() -> float:
        ((at,),) = postgres.run("SELECT last_used FROM sessions", name)
        return float(at)

    first = used()
    servers[0].user(token)
    assert used() == first
    postgres.run("UPDATE sessions SET last_used = last_used - 61", name)
    servers[1].user(token)
    assert used() >= first
