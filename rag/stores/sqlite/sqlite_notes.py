"""Notes in the library's SQLite file."""

from pathlib import Path

from rag.stores.sql_notes import SqlNotes
from rag.stores.sqlite.database import Database


class SqliteNotes(SqlNotes):
    """A `Notes` in a library's folder.

    Raises:
        LibraryError: as `SqliteLibrary`.
    """

    def __init__(self, folder: Path, *, embedder: str) -> None:
        super().__init__(Database(folder, embedder=embedder))
