"""The library in SQLite: several openings of one file, files left behind, and a folder that cannot be used."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.stores.sqlite_library import SqliteLibrary

Store = Callable[..., int]


def test_a_damaged_library_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "library.sqlite").write_bytes(b"this is not a database" * 100)
    with pytest.raises(LibraryError, match="is damaged"):
        SqliteLibrary(tmp_path / "bad", embedder="words")


def test_nothing_of_a_removed_document_is_left_in_any_file(
    library: SqliteLibrary, store_text: Store, tmp_path: Path
) -> None:
    store_text("a.txt", "public text " * 50)
    id_ = store_text("b.txt", "confidential paragraph " * 500)
    store_text("b.txt", "confidential paragraph, second version " * 500)
    library.remove(id_)
    files = [path for path in (tmp_path / "library").rglob("*") if path.is_file()]
    assert files
    assert not [path.name for path in files if b"confidential" in path.read_bytes() or b"b.txt" in path.read_bytes()]
