"""A database as one end of a copy."""

from contextlib import closing

import pytest

from rag.errors import LibraryError
from rag.stores.postgres.migrating import HEAD
from rag.stores.postgres.postgres_end import PostgresEnd
from rag.stores.postgres.postgres_stores import PostgresStores
from tests.support.servers.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres


def test_a_database_without_tables_has_no_library(postgres: PostgresServer) -> None:
    with postgres.database() as name, closing(PostgresEnd(postgres.address_of(name))) as end:
        assert end.stored_meta() == {}


def test_the_mark_changes_with_what_others_write(postgres_address: str) -> None:
    with closing(PostgresStores(postgres_address, "words")) as stores, closing(PostgresEnd(postgres_address)) as end:
        conversation = stores.conversations.create("ann")
        stores.conversations.add(conversation.id, "ann", {"question": "?", "answer": "!"})
        marks = [end.change_mark()]
        stores.conversations.rate(conversation.id, "ann", 1, "up")
        marks.append(end.change_mark())
        stores.notes.create("ann", "note")
        marks.append(end.change_mark())
        stores.library.move(1, "elsewhere")
        marks.append(end.change_mark())
        assert len(set(marks)) == 4
        assert end.change_mark() == marks[-1]


def test_a_database_in_use_is_no_target(postgres_address: str) -> None:
    with closing(PostgresStores(postgres_address, "words")) as stores:
        stores.notes.owners()
        with (
            closing(PostgresEnd(postgres_address)) as end,
            pytest.raises(LibraryError, match="A Citewell is running"),
            end.locked(),
        ):
            pass


def test_another_version_is_told(postgres_address: str, postgres: PostgresServer) -> None:
    name = postgres_address.rpartition("/")[2]
    postgres.run("UPDATE citewell_schema SET version_num = '9999'", name)
    try:
        with (
            closing(PostgresEnd(postgres_address)) as end,
            pytest.raises(LibraryError, match=r"another format \(9999\).*Upgrade"),
        ):
            end.stored_meta()
    finally:
        postgres.run(f"UPDATE citewell_schema SET version_num = '{HEAD}'", name)  # noqa: S608  our own
