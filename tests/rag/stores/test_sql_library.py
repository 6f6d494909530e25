"""Overviews in the library's file: a damaged one is said, and one without its document is found."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.stores.database import Database
from rag.stores.integrity import findings
from rag.stores.sqlite_library import SqliteLibrary
from tests.contracts.test_library_overviews import overview

Store = Callable[..., int]


@pytest.fixture
def database(library: SqliteLibrary, store_text: Store, tmp_path: Path) -> Iterator[Database]:
    """The file of a library with one document and its overview."""
    assert library.keep_overview(overview(store_text("a.txt", "one")), library.chunk_ids())
    opened = Database(tmp_path / "library", embedder="words")
    yield opened
    opened.close()


def test_a_damaged_overview_is_an_error_that_says_what_to_do(database: Database, library: SqliteLibrary) -> None:
    with database.writing() as db:
        db.execute("UPDATE overviews SET record = '{'")
    with pytest.raises(LibraryError, match="add it again"):
        library.overviews(1)


def test_an_overview_without_its_document_is_a_finding(database: Database) -> None:
    with database.reading() as db:
        assert list(findings(db)) == []
        db.execute("PRAGMA query_only = OFF")
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("UPDATE overviews SET document_id = 9")
        assert list(findings(db)) == ["1 overviews without a document: 9"]
