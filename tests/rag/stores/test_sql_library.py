"""A library does the same, whatever database it is over; the contract suites have the rest."""

import pytest

from rag.stores.postgres.postgres_library import PostgresLibrary
from rag.stores.sql_library import SqlLibrary
from rag.stores.sqlite.sqlite_library import SqliteLibrary


def test_a_database_adds_only_what_it_does_in_its_own_way() -> None:
    assert SqlLibrary.__abstractmethods__ == {"stage", "findings", "known_vectors", "_parts_inserter"}
    for library in (SqliteLibrary, PostgresLibrary):
        own = {name for name, value in vars(library).items() if callable(value)} - {"__init__"}
        assert own >= SqlLibrary.__abstractmethods__


def test_vectors_of_chunks_that_are_gone_are_an_error(library: SqliteLibrary) -> None:
    with pytest.raises(KeyError, match="1 of 1 chunks"):
        library.vectors([1])
