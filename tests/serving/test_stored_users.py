"""Users in a database are the same for all who ask it, at once."""

import pytest

from rag.stores.postgres.postgres_stores import PostgresStores
from serving.stored_users import StoredUsers
from tests.conftest import GOOD_PASSWORD as GOOD
from tests.support.servers.postgres_server import PostgresServer
from web.auth.sessions import StoredSessions
from web.auth.throttle import StoredThrottle

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("cheap_passwords")]


def test_nothing_is_left_of_who_is_removed(postgres_stores: PostgresStores) -> None:
    users = StoredUsers(postgres_stores.shared("accounts"))
    for name in ("ann", "annette"):
        users.add(name, GOOD, "owner")
        StoredSessions(users, postgres_stores.shared("sessions")).begin(name)
        StoredThrottle(postgres_stores.shared("failed_sign_ins")).begin(name, "1.1.1.1")
    users.remove("ann")
    with postgres_stores.shared("accounts").reading() as db:
        assert db.execute("SELECT account FROM sessions").fetchall() == [("annette",)]
        kept = db.execute("SELECT what FROM failed_sign_ins WHERE kind <> 'address' ORDER BY kind").fetchall()
    assert kept == [("annette",), ("annette\n1.1.1.1",)]


def test_no_password_is_in_the_database(postgres_stores: PostgresStores, postgres: PostgresServer) -> None:
    StoredUsers(postgres_stores.shared("accounts")).add("ann", GOOD)
    database = postgres_stores._connections.label.rpartition("/")[2]
    ((name, salt, hash_, role),) = postgres.run("SELECT name, salt, hash, role FROM accounts", database)
    assert (name, len(salt), len(hash_), role) == ("ann", 32, 128, "owner")
    assert GOOD.encode().hex() not in salt + hash_
