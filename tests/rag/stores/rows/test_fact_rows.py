"""Facts as rows: what is entered for one source is not another's."""

import sqlite3
from collections.abc import Iterator

import pytest

from rag.stores.rows import fact_rows


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        """
        CREATE TABLE documents (id INTEGER PRIMARY KEY, facts TEXT, edited_facts TEXT);
        CREATE TABLE ledger (source TEXT, owner TEXT, document_id INTEGER);
        INSERT INTO documents VALUES (1, '{"title":"A"}', '{"title":"B"}'), (2, '{}', '{}');
        INSERT INTO ledger VALUES ('/a', '', 1), ('/a', 'ann', 2), ('/b', '', NULL);
        """
    )
    yield connection
    connection.close()


def test_edited_facts_win_and_documents_without_any_are_left_out(db: sqlite3.Connection) -> None:
    assert {id_: facts.title for id_, facts in fact_rows.facts_by_id(db).items()} == {1: "B"}


def test_the_facts_of_a_source_are_its_owners(db: sqlite3.Connection) -> None:
    assert fact_rows.edited_facts(db, "/a", "") == {"title": "B"}
    assert fact_rows.edited_facts(db, "/a", "ann") == fact_rows.edited_facts(db, "/b", "") == {}
