"""Notes over a database that is handed over, in whichever file it is."""

from contextlib import closing
from pathlib import Path

from rag.stores.sql_notes import SqlNotes
from rag.stores.sqlite.database import Database


def test_notes_are_kept_in_the_database_that_they_are_over(tmp_path: Path) -> None:
    with closing(SqlNotes(Database(tmp_path, embedder="words"))) as notes:
        note = notes.create("ann", "Fees")
    with closing(SqlNotes(Database(tmp_path, embedder="words"))) as again:
        assert again.notes("ann") == [note]
