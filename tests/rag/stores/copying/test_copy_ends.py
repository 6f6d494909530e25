"""The ends of a copy by what a person names."""

from pathlib import Path

import pytest

from rag.stores.copying.copy_ends import open_end
from rag.stores.copying.sqlite_end import SqliteEnd


def test_a_folder_is_named_by_its_whole_path_and_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    end = open_end("library")
    assert isinstance(end, SqliteEnd)
    assert end.label == f"the folder {tmp_path / 'library'}"
    assert list(tmp_path.iterdir()) == []
