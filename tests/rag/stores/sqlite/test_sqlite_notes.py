"""Notes in SQLite are seen by other processes at once; the contract suite has the rest."""

from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.stores.sqlite.sqlite_notes import SqliteNotes


def test_two_processes_see_each_others_notes(tmp_path: Path) -> None:
    one, other = (SqliteNotes(tmp_path / "library", embedder="words") for _ in range(2))
    note = one.create("ann", "Fee")
    assert other.notes("ann") == [note]
    other.edit(note.id, "ann", "Fees", "", 1)
    assert one.notes("ann")[0].title == "Fees"
    one.close()
    other.close()


def test_a_library_that_is_removed_meanwhile_is_said_to_be_gone(tmp_path: Path) -> None:
    notes = SqliteNotes(tmp_path / "library", embedder="words")
    (tmp_path / "library").rename(tmp_path / "moved")
    with pytest.raises(LibraryError, match="is gone: it was moved or deleted"):
        notes.create("ann", "Lost?")
    notes.close()
