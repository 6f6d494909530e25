"""Integrity of the tables: a sound library has no findings, each finding names a few documents, damage is said."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.stores.database import Database
from rag.stores.integrity import findings
from rag.stores.json_columns import facts_of, structure_of
from rag.stores.sqlite_library import SqliteLibrary
from tests.contracts.test_library_overviews import overview

Store = Callable[..., int]


@pytest.fixture
def database(library: SqliteLibrary, store_text: Store, tmp_path: Path) -> Iterator[Database]:
    """The file of a library with five documents, the first with an overview."""
    ids = [store_text(f"{name}.txt", f"text of {name}") for name in "abcde"]
    assert library.keep_overview(overview(ids[0]), library.chunk_ids({ids[0]}))
    opened = Database(tmp_path / "library", embedder="words")
    yield opened
    opened.close()


def found_after(database: Database, statement: str) -> list[str]:
    with database.reading() as db:
        assert list(findings(db)) == []
        db.execute("PRAGMA query_only = OFF")
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute(statement)
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


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (
            "UPDATE vectors SET vector = x'00' WHERE chunk_id = 1",
            "1 chunks without a vector of the right length: a.txt",
        ),
        ("UPDATE chunks SET end = 999 WHERE id = 1", "1 chunks that are not part of their page's text: a.txt"),
        ("DELETE FROM chunks WHERE document_id = 1", "1 documents with text but without chunks: a.txt"),
        ("DELETE FROM ledger", "5 documents that no source in the ledger stands for: a.txt, b.txt, c.txt, …"),
        ("UPDATE ledger SET document_id = NULL", "5 sources that are ready but have no document"),
        ("DELETE FROM documents WHERE id = 1", "chunks or pages without a document"),
        ("UPDATE documents SET sha256 = 'x', recipe = 'y'", "1 documents stored twice for one owner"),
        ("INSERT INTO vectors VALUES (77, x'00')", "1 vectors without a chunk: 77"),
    ],
)
def test_inconsistencies_of_a_library_are_found(database: Database, damage: str, finding: str) -> None:
    assert any(finding in found for found in found_after(database, damage))


def test_an_overview_without_its_document_is_found(database: Database) -> None:
    assert found_after(database, "UPDATE overviews SET document_id = 9") == ["1 overviews without a document: 9"]


def test_a_damaged_file_is_found(library: SqliteLibrary, store_text: Store, tmp_path: Path) -> None:
    store_text("a.txt", *[f"text {n} " * 50 for n in range(200)])
    library.close()
    file = tmp_path / "library" / "library.sqlite"
    data = bytearray(file.read_bytes())
    for start in range(len(data) * 3 // 4 // 4096 * 4096, len(data), 4096):
        data[start : start + 100] = b"\xff" * 100
    file.write_bytes(data)
    damaged = SqliteLibrary(tmp_path / "library", embedder="words")
    assert any("damaged" in finding for finding in damaged.findings())
    damaged.close()


def test_a_damaged_column_is_an_error_that_says_what_to_do(database: Database, library: SqliteLibrary) -> None:
    with pytest.raises(LibraryError, match="from a backup"):
        structure_of('{"headings": [7]}')
    with pytest.raises(LibraryError, match="from a backup"):
        facts_of("[")
    with database.writing() as db:
        db.execute("UPDATE overviews SET record = '{'")
    with pytest.raises(LibraryError, match="add it again"):
        library.overviews(1)
