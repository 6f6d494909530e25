"""A folder as one end of a copy."""

from contextlib import closing
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.stores.copy_rounds import open_end
from rag.stores.database import DATABASE
from rag.stores.sqlite_end import SqliteEnd


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database " * 500)
    with closing(SqliteEnd(tmp_path)) as end, pytest.raises(LibraryError, match=r"cannot be read.*citewell library"):
        end.stored_meta()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with (
        closing(SqliteEnd(tmp_path / "file" / "library")) as end,
        pytest.raises(LibraryError, match=r"cannot be written.*Name another"),
        end.locked(),
    ):
        pass


def test_a_folder_is_named_by_its_whole_path_and_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    end = open_end("library")
    assert isinstance(end, SqliteEnd)
    assert end.label == f"the folder {tmp_path / 'library'}"
    assert list(tmp_path.iterdir()) == []
