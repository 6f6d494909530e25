"""A backup that goes on from another has what changed, is whole with those before it, and notices when one is not."""

import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.backup import back_up, restore, verify_backup
from rag.errors import LibraryError
from rag.stores.database import DATABASE
from rag.stores.sqlite_library import SqliteLibrary

Store = Callable[..., int]


@pytest.fixture
def folder(store_text: Store, library: SqliteLibrary, tmp_path: Path) -> Path:
    """Return the folder of a library with text that does not compress, and two uploads."""
    for number in range(20):
        store_text(f"{number}.txt", random.Random(number).randbytes(20_000).hex())
    (tmp_path / "library" / "files").mkdir()
    (tmp_path / "library" / "files" / "a.bin").write_bytes(random.Random(1).randbytes(50_000))
    (tmp_path / "library" / "files" / "b.txt").write_text("first")
    return tmp_path / "library"


def names(path: Path) -> list[str]:
    restored = SqliteLibrary(path, embedder="words")
    assert list(restored.findings()) == []
    found = sorted(document.name for document in restored.documents())
    restored.close()
    return found


def test_a_chain_has_little_and_restores_each_state(folder: Path, store_text: Store, tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{number}.zip" for number in range(3))
    back_up(folder, first)
    store_text("new.txt", "The birch is white.")
    (folder / "files" / "b.txt").write_text("second")
    back_up(folder, second, since=first)
    (folder / "files" / "a.bin").unlink()
    (folder / "files" / "a.bin.blocks").write_text("not a number")
    store_text("newer.txt", "The yew is dark.")
    back_up(folder, third, since=second)
    assert second.stat().st_size < first.stat().st_size / 3
    with zipfile.ZipFile(second) as archive:
        assert "files/a.bin" not in archive.namelist()
    assert first.stat().st_mode & 0o077 == 0
    for number, path in enumerate((first, second, third)):
        restore(path, tmp_path / f"restored-{number}")
    old = [f"{number}.txt" for number in range(20)]
    assert names(tmp_path / "restored-0") == sorted(old)
    assert names(tmp_path / "restored-1") == sorted([*old, "new.txt"])
    assert names(tmp_path / "restored-2") == sorted([*old, "new.txt", "newer.txt"])
    assert (tmp_path / "restored-1" / "files" / "b.txt").read_text() == "second"
    assert (tmp_path / "restored-1" / "files" / "a.bin").stat().st_size == 50_000
    assert not (tmp_path / "restored-2" / "files" / "a.bin").exists()


def test_a_chain_with_a_part_missing_changed_or_damaged_is_refused(folder: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "0.zip", tmp_path / "1.zip"
    back_up(folder, first)
    back_up(folder, second, since=first)
    whole = first.read_bytes()
    first.unlink()
    with pytest.raises(LibraryError, match=r"goes on from 0\.zip, which is not beside it"):
        verify_backup(second)
    with zipfile.ZipFile(first, "w") as other:
        other.writestr("manifest.json", f'{{"{DATABASE}": "00"}}')
    with pytest.raises(LibraryError, match="another file"):
        verify_backup(second)
    first.write_bytes(whole)
    assert verify_backup(second).keys() == verify_backup(first).keys()
    at = whole.index(b"files/a.bin") + 1000
    first.write_bytes(whole[:at] + os.urandom(100) + whole[at + 100 :])
    with pytest.raises(LibraryError, match="damaged"):
        verify_backup(second)


def test_a_backup_goes_on_only_from_one_beside_it(folder: Path, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "0.zip")
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(LibraryError, match="lie beside it"):
        back_up(folder, tmp_path / "elsewhere" / "1.zip", since=tmp_path / "0.zip")
    (tmp_path / "no.zip").write_text("no backup")
    with pytest.raises(LibraryError, match="no backup"):
        back_up(folder, tmp_path / "1.zip", since=tmp_path / "no.zip")
    assert not (tmp_path / "1.zip").exists()
