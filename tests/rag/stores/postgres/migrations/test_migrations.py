"""A database of each earlier version is migrated with all it has, and has the tables that SQLite has."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import get_args

import pytest

from rag.stores.database import DATABASE
from rag.stores.postgres import migrating
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.migrating import HEAD, prepare
from rag.stores.postgres.postgres_stores import PostgresStores
from rag.stores.postgres.vector_search import PARTS
from rag.stores.sql_statements import SharedPart
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.fakes import WordEmbedder
from tests.support.servers.postgres_server import PostgresServer
from tests.support.stored_texts import put, stored
from tests.support.values import content

pytestmark = pytest.mark.postgres

SHARED = {
    "accounts",
    "sessions",
    "failed_sign_ins",
    "keys",
    "shared_collections",
    "shared_conversations",
    "shared_links",
    "shared_borrowed",
}
ONLY_HERE = {"citewell_schema", "jobs", "keywords", "postings", "word_counts", "language_counts"} | SHARED
"""The version of the tables; the keyword index, accounts, keys and shares, which are files beside SQLite's; the queue
that servers share."""


@pytest.fixture
def address(postgres: PostgresServer, name: str) -> str:
    return postgres.address_of(name)


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


def test_the_number_of_places_of_a_word_is_read_from_its_rank(postgres: PostgresServer, migrated_database: str) -> None:
    for times in (0, 1, 17, 255):
        vector = "''a'':" + ",".join(map(str, range(1, times + 1))) if times else "''b'':1"
        query = f"SELECT occurrences(CAST('{vector}' AS tsvector), CAST('a' AS tsquery))"
        assert postgres.run(query, migrated_database.rpartition("/")[2]) == [(times,)]


def test_a_library_without_accounts_is_migrated(
    postgres: PostgresServer, name: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "HEAD", "0001")
    with closing(Connections(address)) as connections:
        prepare(connections, "words")
    with closing(PostgresStores(address, "words")) as before:
        note = before.notes.create("ann", "Fees")
    monkeypatch.setattr(migrating, "HEAD", HEAD)
    with closing(PostgresStores(address, "words")) as after:
        assert after.notes.notes("ann") == [note]
        for part in get_args(SharedPart):
            with after.shared(part).writing():
                pass
    found = {table for (table,) in postgres.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name)}
    assert found >= SHARED
    assert postgres.run("SELECT version_num FROM citewell_schema", name) == [(HEAD,)]


def test_what_was_indexed_before_there_were_postings_is_found_after(
    postgres: PostgresServer, name: str, address: str
) -> None:
    with closing(PostgresStores(address, "words")) as stores:
        stored(stores.library, "a.txt", "the osprey")
        stores.indexes(48).refresh()
    postgres.run("DROP TABLE postings, jobs, open_questions", name)
    postgres.run("CREATE INDEX keywords_by_word ON keywords USING gin(words)", name)
    postgres.run("CREATE INDEX keywords_by_part ON keywords USING gin(parts)", name)
    postgres.run("UPDATE citewell_schema SET version_num = '0002'", name)
    with closing(PostgresStores(address, "words")) as stores:
        indexes = stores.indexes(48)
        indexes.refresh()
        assert [id_ for id_, _ in indexes.keyword.search("osprey", 5)] == stores.library.chunk_ids()


def test_each_step_since_then_keeps_what_there_is(postgres: PostgresServer, name: str, address: str) -> None:
    """A queue, an index over the vectors for each part of them, and open questions came one after the other."""
    tables = "SELECT to_regclass('jobs') IS NOT NULL, to_regclass('open_questions') IS NOT NULL"
    names = "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'vectors_nearest%' ORDER BY indexname"
    parts = [(f"vectors_nearest_{part}",) for part in range(PARTS)]
    vectors = WordEmbedder().embed_documents(["the osprey"])
    with closing(PostgresStores(address, "words")) as stores:
        put(stores.library, content("a.txt", "the osprey"))
        id_ = stores.conversations.create("ann", "Talk").id
        stores.conversations.add(id_, "ann", {"question": "Why?", "answer": "So."})
    assert postgres.run(names, name) == parts
    postgres.run("DROP TABLE jobs, open_questions", name)
    postgres.run(f"DROP INDEX {', '.join(part for (part,) in parts)}", name)
    one = "CREATE INDEX vectors_nearest ON vectors USING hnsw ((vector::halfvec(48)) halfvec_ip_ops)"
    postgres.run(f"{one} WITH (ef_construction = 128)", name)
    postgres.run("UPDATE citewell_schema SET version_num = '0003'", name)
    with closing(PostgresStores(address, "words")) as stores:
        assert postgres.run(tables, name) == [(True, True)]
        assert postgres.run(names, name) == parts
        assert [id_ for id_, _ in stores.indexes(48).dense.search(vectors[0], 5)] == stores.library.chunk_ids()
        (found,) = stores.conversations.conversations("ann")
        assert (found.name, found.exchanges, found.unanswered) == ("Talk", 1, "")
        stores.conversations.open_question(id_, "ann", "Why not?", 60)
        assert stores.conversations.conversations("ann")[0].unanswered == "Why not?"
