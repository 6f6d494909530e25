"""Overviews in the library's file: a damaged one is said, and one without its document is found."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.stores.integrity import findings
from rag.stores.rows.overview_rows import keep, overviews
from rag.stores.sqlite.database import Database
from rag.stores.sqlite.sqlite_library import SqliteLibrary
from tests.contracts.test_library_overviews import overview

Store = Callable[..., int]


def test_a_damaged_overview_is_an_error_that_says_what_to_do(
    library: SqliteLibrary, store_text: Store, tmp_path: Path
) -> None:
    document = store_text("a.txt", "one")
    database = Database(tmp_path / "library", embedder="words")
    with database.writing() as db:
        assert keep(db, overview(document), library.chunk_ids())
        db.execute("UPDATE overviews SET record = '{'")
    with pytest.raises(LibraryError, match="add it again"), database.reading() as db:
        overviews(db, document)
    database.close()


def test_an_overview_without_its_document_is_a_finding(store_text: Store, tmp_path: Path) -> None:
    store_text("a.txt", "one")
    database = Database(tmp_path / "library", embedder="words")
    with database.writing() as db:
        assert keep(db, overview(1), [1])
    with database.reading() as db:
        assert list(findings(db)) == []
        db.execute("PRAGMA query_only = OFF")
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("UPDATE overviews SET document_id = 9")
        assert list(findings(db)) == ["1 overviews without a document: 9"]
    database.close()
