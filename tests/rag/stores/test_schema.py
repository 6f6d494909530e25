"""Libraries that cannot be opened."""

import sqlite3
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.stores.sqlite_library import SqliteLibrary


@pytest.mark.parametrize(
    ("embedder", "way"),
    [
        ("other", "CITEWELL_EMBEDDER=words,"),
        ("words; query prefix 'query: '", "CITEWELL_EMBEDDER=words and the embedder's prefixes as they were"),
    ],
)
def test_another_embedder_or_another_prefix_is_refused_with_the_way_out(
    library: SqliteLibrary, tmp_path: Path, embedder: str, way: str
) -> None:
    with pytest.raises(LibraryError, match=way):
        SqliteLibrary(tmp_path / "library", embedder=embedder)


def test_a_library_of_a_newer_version_is_refused(library: SqliteLibrary, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "library" / "library.sqlite") as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
    db.close()
    with pytest.raises(LibraryError, match="newer Citewell"):
        SqliteLibrary(tmp_path / "library", embedder="words")
