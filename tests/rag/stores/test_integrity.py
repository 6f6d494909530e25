"""Integrity of the tables: a sound library has no findings, and each finding names a few documents."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.stores.database import Database
from rag.stores.integrity import findings
from rag.stores.sqlite_library import SqliteLibrary

Store = Callable[..., int]


@pytest.fixture
def database(library: SqliteLibrary, store_text: Store, tmp_path: Path) -> Iterator[Database]:
    """The file of a library with five documents."""
    for name in "abcde":
        store_text(f"{name}.txt", f"text of {name}")
    opened = Database(tmp_path / "library", embedder="words")
    yield opened
    opened.close()


def found_after(database: Database, statement: str) -> list[str]:
    with database.writing() as db:
        db.execute(statement)
    with database.reading() as db:
        return list(findings(db))


def test_a_finding_names_three_documents_and_counts_all(database: Database) -> None:
    assert found_after(database, "DELETE FROM vectors") == [
        "5 chunks without a vector of the right length: a.txt, b.txt, c.txt, …"
    ]


def test_a_document_without_pages_is_found_with_its_chunks(database: Database) -> None:
    assert found_after(database, "DELETE FROM pages WHERE document_id = 2") == [
        "1 documents without any page: b.txt",
        "1 chunks that are not part of their page's text: b.txt",
    ]
