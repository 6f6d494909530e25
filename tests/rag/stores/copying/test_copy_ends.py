"""The ends of a copy by what a person names."""

import sys
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.stores.copying.copy_ends import open_end
from rag.stores.copying.sqlite_end import SqliteEnd


def test_a_folder_is_named_by_its_whole_path_and_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    end = open_end("library")
    assert isinstance(end, SqliteEnd)
    assert end.label == f"the folder {tmp_path / 'library'}"
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_an_address_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("rag.stores.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError, match=r"needs psycopg\. Run 'pip install"):
        open_end("postgresql://localhost/library")
