"""A database with users and a document, and clients of the apps that share it."""

from contextlib import closing

import httpx

from rag.stores.postgres.postgres_stores import PostgresStores
from serving.stored_users import StoredUsers
from tests.support.stored_texts import stored

TEXT = "The entry fee is 20 euros. Children enter free of charge."
GOOD_PASSWORD = "correct horse battery"


def fill(address: str, *names: str) -> None:
    """Store users of these names, the first an owner, and a document of the first one's."""
    with closing(PostgresStores(address, "words")) as stores:
        users = StoredUsers(stores.shared("accounts"))
        for name in names:
            users.add(name, GOOD_PASSWORD)
        stored(stores.library, "fees.txt", TEXT, owner=names[0])


def sign_in(client: httpx.Client, address: str, name: str, password: str = GOOD_PASSWORD) -> httpx.Response:
    """Sign in at one app; a client's cookies are those of a browser, which are the same for all ports of a host."""
    return client.post(f"{address}/login", data={"name": name, "password": password})
