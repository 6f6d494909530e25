"""Rows of documents: which document a source gets, what is recorded as removed, and one dimension for all."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.errors import LibraryError
from rag.stores.rows import document_rows, ledger
from rag.stores.rows.sql_statements import next_generation
from rag.stores.sqlite.database import Database
from rag.types import Content
from tests.contracts.test_library_contract import content


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "library", embedder="words")
    yield opened
    opened.close()


def replace(database: Database, new: Content, dimension: int = 4) -> tuple[int, bool]:
    """Store a document; its id, and whether anything was deleted for it."""
    insert = document_rows.parts_inserter(new, np.ones((1, dimension), np.float32))
    with database.writing() as db:
        deleted = document_rows.replace(db, new.document, dimension, insert, next_generation(db))
        return document_rows.stored_document(db, new.document).id, deleted


def removed_chunks(database: Database) -> int:
    with database.reading() as db:
        return int(db.execute("SELECT count(*) FROM removals").fetchone()[0])


def test_a_new_version_keeps_the_id_and_records_the_old_chunks_as_removed(database: Database) -> None:
    first, deleted = replace(database, content("a.txt", "old"))
    assert not deleted
    assert replace(database, content("a.txt", "new")) == (first, True)
    assert removed_chunks(database) == 1


def test_the_same_content_under_another_name_is_linked_and_not_stored_again(database: Database) -> None:
    first, _ = replace(database, content("a.txt", "text"))
    assert replace(database, content("b.txt", "text")) == (first, False)
    with database.reading() as db:
        assert [(d.name, d.also, d.chunks) for d in document_rows.documents(db, None)] == [("a.txt", ("b.txt",), 1)]


def test_a_document_is_detached_from_a_source_only_if_it_has_another(database: Database) -> None:
    id_, _ = replace(database, content("a.txt", "text"))
    with database.writing() as db:
        assert not document_rows.detach_source(db, id_, "/a.txt", next_generation(db))
    replace(database, content("b.txt", "text"))
    with database.writing() as db:
        assert document_rows.detach_source(db, id_, "/a.txt", next_generation(db))
        found = document_rows.document(db, id_)
    assert found is not None
    assert (found.name, found.source) == ("b.txt", "/b.txt")


def test_deleting_a_document_deletes_its_ledger_entries(database: Database) -> None:
    id_, _ = replace(database, content("a.txt", "text"))
    with database.writing() as db:
        document_rows.delete(db, id_, next_generation(db))
        assert ledger.entries(db, None) == []
    assert removed_chunks(database) == 1


def test_the_first_document_fixes_the_dimension(database: Database) -> None:
    replace(database, content("a.txt", "text"), dimension=4)
    with pytest.raises(LibraryError, match="holds vectors of dimension 4, and the embedder gives 5"):
        replace(database, content("b.txt", "other"), dimension=5)


def test_every_chunk_needs_a_vector() -> None:
    chunks = content("a.txt", "text").chunks
    document_rows.check_lengths(chunks, np.ones((1, 4), np.float32))
    with pytest.raises(ValueError, match="1 chunks do not go with 2 vectors"):
        document_rows.check_lengths(chunks, np.ones((2, 4), np.float32))
