"""The ledger: one entry for each source and owner, and the document it stands for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.stores.rows import ledger
from rag.stores.sqlite.database import Database
from rag.stores.sqlite.sqlite_library import SqliteLibrary
from tests.contracts.test_library_contract import content
from tests.support.fakes import WordEmbedder


@pytest.fixture
def database(library: SqliteLibrary, tmp_path: Path) -> Iterator[Database]:
    """The file of the library."""
    opened = Database(tmp_path / "library", embedder="words")
    yield opened
    opened.close()


def test_a_source_has_one_entry_and_the_last_state_counts(database: Database) -> None:
    document = content("a.txt", "text", owner="ann").document
    with database.writing() as db:
        ledger.write_entry(db, document, "reading", None)
        ledger.write_entry(db, document, "failed", None, "it is damaged")
        (entry,) = ledger.entries(db, "ann")
        assert ledger.entries(db, "bob") == []
        assert ledger.entry(db, "/a.txt", "bob") is None
    assert (entry.name, entry.state, entry.reason, entry.size) == ("a.txt", "failed", "it is damaged", 4)


def test_a_document_is_found_by_source_and_by_content(
    database: Database, library: SqliteLibrary, embedder: WordEmbedder
) -> None:
    id_ = library.replace(content("a.txt", "text"), embedder.embed_documents(["text"])).id
    with database.reading() as db:
        assert ledger.document_id(db, "/a.txt", "") == id_
        assert ledger.document_id(db, "/b.txt", "") is None
        assert ledger.same_content(db, content("b.txt", "text").document) == id_
        assert ledger.same_content(db, content("b.txt", "text", owner="ann").document) is None
        assert ledger.same_content(db, content("b.txt", "text", sha256="").document) is None


def test_the_earliest_other_source_of_a_document_is_found(
    database: Database, library: SqliteLibrary, embedder: WordEmbedder
) -> None:
    for name in ("a.txt", "c.txt", "b.txt"):
        id_ = library.replace(content(name, "text"), embedder.embed_documents(["text"])).id
    with database.writing() as db:
        db.execute("UPDATE ledger SET at = '2020' WHERE name = 'c.txt'")
        assert ledger.other_source(db, id_, "/a.txt") == ("/c.txt", "c.txt")
        db.execute("DELETE FROM ledger WHERE name <> 'a.txt'")
        assert ledger.other_source(db, id_, "/a.txt") is None
