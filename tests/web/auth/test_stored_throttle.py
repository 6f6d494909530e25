"""Guesses at several servers on one database count together."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.stores.postgres.postgres_stores import PostgresStores
from tests.support.servers.postgres_server import PostgresServer
from web.auth import stored_throttle
from web.auth.stored_throttle import StoredThrottle

pytestmark = pytest.mark.postgres


def test_of_many_guesses_at_once_at_two_servers_five_are_free(postgres_stores: PostgresStores) -> None:
    servers = [StoredThrottle(postgres_stores.shared("failed_sign_ins")) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda n: servers[n % 2].begin("ann", "1.1.1.1"), range(20)))
    assert sum(wait == 0 for wait in waits) == 5


def test_no_more_is_remembered_than_there_is_room_for(
    postgres_stores: PostgresStores,
    postgres_address: str,
    postgres: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stored_throttle, "MAX_REMEMBERED", 9)
    throttle = StoredThrottle(postgres_stores.shared("failed_sign_ins"))
    for number in range(6):
        throttle.begin(f"user{number}", f"1.1.1.{number}")
    query = "SELECT count(*), bool_or(what = 'user5') FROM failed_sign_ins"
    assert postgres.run(query, postgres_address.rpartition("/")[2]) == [(9, True)]
