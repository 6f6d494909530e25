"""Every `Throttle` makes guessing passwords slower and slower, and locks nobody else out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.stores.postgres.postgres_stores import PostgresStores
from rag.stores.sql_statements import SharedDatabase, SharedPart
from tests.support.clock import Clock
from tests.support.servers.postgres_server import PostgresServer
from web.auth.throttle import LoginThrottle, StoredThrottle, Throttle


@pytest.fixture
def database(shared: Callable[[SharedPart], SharedDatabase | None]) -> SharedDatabase | None:
    return shared("failed_sign_ins")


@pytest.fixture
def clock() -> Clock:
    return Clock(1000.0)


@pytest.fixture
def throttle(database: SharedDatabase | None, clock: Clock) -> Throttle:
    return StoredThrottle(database) if database else LoginThrottle(clock)


@pytest.fixture
def wait(database: SharedDatabase | None, clock: Clock) -> Callable[[float], None]:
    """Return the function that lets time pass: by the clock, or, as a database has its own, by what is written."""

    def wait(seconds: float) -> None:
        clock.now += seconds
        if database:
            with database.writing() as db:
                db.execute("UPDATE failed_sign_ins SET at = at - ?", (seconds,))

    return wait


def test_after_five_wrong_passwords_each_attempt_waits_twice_as_long(
    throttle: Throttle, wait: Callable[[float], None]
) -> None:
    assert [throttle.begin("ann", "1.1.1.1") for _ in range(5)] == [0.0] * 5
    waits = []
    for _ in range(12):
        seconds = throttle.begin("ann", "1.1.1.1")
        waits.append(seconds)
        assert throttle.begin("ann", "1.1.1.1") == pytest.approx(seconds, abs=1), "one that had to wait does not count"
        wait(seconds)
        assert throttle.begin("ann", "1.1.1.1") == 0.0
    assert waits[:4] == pytest.approx([2.0, 4.0, 8.0, 16.0], abs=1)
    assert waits[-1] == pytest.approx(900.0, abs=1)


def test_a_right_password_after_a_few_wrong_ones_forgets_them(throttle: Throttle) -> None:
    for _ in range(3):
        for _ in range(5):
            assert throttle.begin("ann", "1.1.1.1") == 0.0
        throttle.succeed("ann", "1.1.1.1")


def test_failures_elsewhere_lock_nobody_out_and_one_address_cannot_try_every_user(
    throttle: Throttle, wait: Callable[[float], None]
) -> None:
    for _ in range(6):
        throttle.begin("ann", "6.6.6.6")
    assert throttle.begin("ann", "6.6.6.6") > 0
    assert throttle.begin("ann", "1.1.1.1") == 0.0
    assert [throttle.begin(f"user{n}", "6.6.6.7") for n in range(20)] == [0.0] * 20
    assert throttle.begin("user21", "6.6.6.7") > 0
    waits = [throttle.begin("eve", f"7.7.7.{n}") for n in range(60)]
    assert max(waits) == pytest.approx(2.0, abs=1), "many addresses, one user"
    wait(3601)
    assert throttle.begin("ann", "6.6.6.6") == 0.0


@pytest.mark.postgres
def test_of_many_guesses_at_once_at_two_servers_five_are_free(postgres_stores: PostgresStores) -> None:
    servers = [StoredThrottle(postgres_stores.shared("failed_sign_ins")) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda n: servers[n % 2].begin("ann", "1.1.1.1"), range(20)))
    assert sum(wait == 0 for wait in waits) == 5


@pytest.mark.postgres
def test_no_more_is_remembered_than_there_is_room_for(
    postgres_stores: PostgresStores, postgres_address: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.auth.throttle.MAX_REMEMBERED", 9)
    throttle = StoredThrottle(postgres_stores.shared("failed_sign_ins"))
    for number in range(6):
        throttle.begin(f"user{number}", f"1.1.1.{number}")
    query = "SELECT count(*), bool_or(what = 'user5') FROM failed_sign_ins"
    assert postgres.run(query, postgres_address.rpartition("/")[2]) == [(9, True)]
