"""Every `SessionStore` ends a session with time, by signing out, and with its user's password."""

from collections.abc import Callable

import pytest

from rag.stores.postgres.postgres_stores import PostgresStores
from rag.stores.sql_statements import SharedDatabase, SharedPart
from serving.auth_file import Users
from serving.stored_users import StoredUsers
from tests.conftest import GOOD_PASSWORD
from tests.support.clock import Clock
from tests.support.servers.postgres_server import PostgresServer
from web.auth.sessions import MAX_AGE_S, MAX_IDLE_S, MAX_PER_USER, Sessions, SessionStore, StoredSessions

_LATER = "UPDATE sessions SET begun = begun - ?, last_used = last_used - ?"


@pytest.fixture
def database(shared: Callable[[SharedPart], SharedDatabase | None]) -> SharedDatabase | None:
    return shared("sessions")


@pytest.fixture
def clock() -> Clock:
    return Clock(1000.0)


@pytest.fixture
def sessions(users: Users, database: SharedDatabase | None, clock: Clock) -> SessionStore:
    return StoredSessions(users, database) if database else Sessions(users, clock)


@pytest.fixture
def wait(database: SharedDatabase | None, clock: Clock) -> Callable[[float], None]:
    """Return the function that lets time pass: by the clock, or, as a database has its own, by what is written."""

    def wait(seconds: float) -> None:
        clock.now += seconds
        if database:
            with database.writing() as db:
                db.execute(_LATER, (seconds, seconds))

    return wait


def test_a_session_ends_when_unused_by_sign_out_and_with_the_user(
    users: Users, sessions: SessionStore, wait: Callable[[float], None]
) -> None:
    token = sessions.begin("ann")
    assert (sessions.user(token), sessions.user(token[:-1]), sessions.user("")) == ("ann", None, None)
    wait(MAX_IDLE_S - 5)
    assert sessions.user(token) == "ann"
    wait(MAX_IDLE_S + 1)
    assert sessions.user(token) is None

    token = sessions.begin("ann")
    for _ in range(int(MAX_AGE_S / MAX_IDLE_S) + 2):
        wait(MAX_IDLE_S - 5)
        last = sessions.user(token)
    assert last is None, "not even one that is used all the time goes on for ever"

    token, other = sessions.begin("ann"), sessions.begin("ann")
    sessions.end(token)
    assert (sessions.user(token), sessions.user(other)) == (None, "ann")
    users.change("ann", "another good one")
    assert sessions.user(other) is None
    last = sessions.begin("ann")
    users.remove("ann")
    assert sessions.user(last) is None


def test_of_too_many_sessions_of_a_user_the_oldest_ends(sessions: SessionStore, wait: Callable[[float], None]) -> None:
    tokens = []
    for _ in range(MAX_PER_USER + 1):
        tokens.append(sessions.begin("ann"))
        wait(1)
    assert [sessions.user(token) for token in (tokens[0], tokens[1], tokens[-1])] == [None, "ann", "ann"]


def test_sessions_are_listed_and_ended_one_by_one_and_all_of_a_user(
    users: Users, sessions: SessionStore, wait: Callable[[float], None]
) -> None:
    users.add("bob", "another good one")
    first, second, bobs = (sessions.begin(name) for name in ("ann", "ann", "bob"))
    wait(150)
    sessions.user(bobs)
    shown = sessions.all()
    assert [(each.user, each.begun_minutes, each.idle_minutes) for each in shown] == [
        ("ann", 2, 2),
        ("ann", 2, 2),
        ("bob", 2, 0),
    ]
    assert not {each.id for each in shown} & {first, second, bobs}
    sessions.end_by_id(shown[0].id)
    sessions.end_by_id("none")
    assert [each.user for each in sessions.all()] == ["ann", "bob"]
    sessions.end_all_of("ann")
    assert [sessions.user(token) for token in (first, second, bobs)] == [None, None, "bob"]


@pytest.fixture
def servers(postgres_stores: PostgresStores, cheap_passwords: None) -> tuple[StoredSessions, StoredSessions]:
    users = StoredUsers(postgres_stores.shared("accounts"))
    users.add("ann", GOOD_PASSWORD)
    one, two = (StoredSessions(users, postgres_stores.shared("sessions")) for _ in range(2))
    return one, two


@pytest.mark.postgres
def test_a_session_begun_at_one_server_is_known_at_another_until_it_is_ended(
    servers: tuple[StoredSessions, StoredSessions],
) -> None:
    one, two = servers
    token = one.begin("ann")
    assert two.user(token) == "ann"
    two.end(token)
    assert one.user(token) is None


@pytest.mark.postgres
def test_the_database_has_no_token_that_signs_anybody_in(
    servers: tuple[StoredSessions, StoredSessions], postgres_address: str, postgres: PostgresServer
) -> None:
    token = servers[0].begin("ann")
    ((row,),) = postgres.run("SELECT CAST(s AS text) FROM sessions s", postgres_address.rpartition("/")[2])
    assert token not in row
    assert servers[0].user(row.strip("()").split(",")[0]) is None


@pytest.mark.postgres
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
