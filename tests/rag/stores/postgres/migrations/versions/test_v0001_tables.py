"""The tables in PostgreSQL are those in SQLite."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rag.stores.sqlite.database import DATABASE
from rag.stores.sqlite.sqlite_library import SqliteLibrary
from tests.rag.stores.postgres.migrations.versions.test_v0002_accounts import TABLES as SHARED
from tests.support.servers.postgres_server import PostgresServer

ONLY_HERE = {"citewell_schema", "jobs", "keywords", "postings", "word_counts", "language_counts"} | SHARED
"""The version of the tables; the keyword index, accounts, keys and shares, which are files beside SQLite's; the queue
that servers share."""


@pytest.mark.postgres
def test_tables_and_columns_are_those_of_sqlite(
    postgres: PostgresServer, migrated_database: str, tmp_path: Path
) -> None:
    query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    here = set(postgres.run(query, migrated_database.rpartition("/")[2]))
    SqliteLibrary(tmp_path, embedder="words").close()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        there = set(
            db.execute(
                "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c "
                "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
            )
        )
    assert {column for column in here if column[0] not in ONLY_HERE} == there


@pytest.mark.postgres
@pytest.mark.parametrize("times", [0, 1, 17, 255])
def test_the_number_of_places_of_a_word_is_read_from_its_rank(
    postgres: PostgresServer, migrated_database: str, times: int
) -> None:
    vector = "'a':" + ",".join(map(str, range(1, times + 1))) if times else "'b':1"
    query = f"SELECT occurrences(CAST('{vector.replace(chr(39), chr(39) * 2)}' AS tsvector), CAST('a' AS tsquery))"
    assert postgres.run(query, migrated_database.rpartition("/")[2]) == [(times,)]
