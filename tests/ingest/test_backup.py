"""A backup has all of a library, is taken while everything runs, and is checked before it is trusted."""

import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ingest import backup
from ingest.backup import ACCOUNTS, back_up, last_backup, restore, verify_backup
from ingest.backup_chain import Backup, write_file
from rag.errors import LibraryError
from rag.runtime.audit_log import AUDIT_LOG, read_events, record
from rag.stores.database import DATABASE, Database
from rag.stores.library_folder import FOLLOWED
from rag.stores.sql_notes import SqlNotes
from rag.stores.sqlite_library import SqliteLibrary

Store = Callable[..., int]


@pytest.fixture
def folder(store_text: Store, library: SqliteLibrary, tmp_path: Path) -> Path:
    """Return the folder of a library with a document, a note, an upload and a file of keys."""
    store_text("a.txt", "The birch is white.")
    notes = SqlNotes(Database(tmp_path / "library", embedder="words"))
    notes.create("ann", "Birches", "white", None)
    notes.close()
    made = tmp_path / "library"
    (made / "files" / "users").mkdir(parents=True)
    (made / "files" / "users" / "a.txt").write_text("The birch is white.")
    with closing(sqlite3.connect(made / "api_keys.sqlite")) as keys:
        keys.execute("CREATE TABLE keys (id)")
    return made


def test_a_restored_library_has_all_of_the_old_one(folder: Path, tmp_path: Path) -> None:
    (accounts := tmp_path / "accounts.json").write_text("{}")
    (folder / FOLLOWED).write_text('["/reports"]')
    record(folder / AUDIT_LOG, "sign-in")
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as elsewhere:
        elsewhere.execute("BEGIN IMMEDIATE")  # another program is writing
        back_up(folder, tmp_path / "backup.zip", accounts)
    restore(tmp_path / "backup.zip", tmp_path / "new")
    restored = SqliteLibrary(tmp_path / "new", embedder="words")
    assert [document.name for document in restored.documents()] == ["a.txt"]
    assert list(restored.findings()) == []
    restored.close()
    notes = SqlNotes(Database(tmp_path / "new", embedder="words"))
    assert [note.title for note in notes.notes("ann")] == ["Birches"]
    notes.close()
    assert (tmp_path / "new" / "files" / "users" / "a.txt").read_text() == "The birch is white."
    assert (tmp_path / "new" / "api_keys.sqlite").stat().st_mode & 0o077 == 0
    assert (tmp_path / "new" / ACCOUNTS).read_text() == "{}"
    assert (tmp_path / "new" / FOLLOWED).read_text() == '["/reports"]'
    assert (tmp_path / "new" / AUDIT_LOG).is_file()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_when_the_last_backup_was_made_is_known(folder: Path, tmp_path: Path) -> None:
    assert last_backup(folder) is None
    back_up(folder, tmp_path / "backup.zip")
    assert last_backup(folder) == pytest.approx((tmp_path / "backup.zip").stat().st_mtime, abs=60)
    assert "last_backup" not in verify_backup(tmp_path / "backup.zip")


def test_files_that_are_named_like_our_own_are_kept_too(folder: Path, tmp_path: Path) -> None:
    names = ("Cargo.lock", "data.sqlite", "data.sqlite.blocks", "incoming-mail.txt", "notes-wal")
    for place in ("files", "accepted/5a"):
        (folder / place).mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / place / name).write_text("The birch is white.")
    back_up(folder, tmp_path / "backup.zip")
    for name in names:
        (folder / "files" / name).write_text("The birch is white, still.")
    back_up(folder, tmp_path / "later.zip", since=tmp_path / "backup.zip")
    restore(tmp_path / "later.zip", tmp_path / "new")
    assert {(tmp_path / "new" / "files" / name).read_text() for name in names} == {"The birch is white, still."}
    assert {(tmp_path / "new" / "accepted" / "5a" / name).read_text() for name in names} == {"The birch is white."}


def test_what_is_half_received_is_left_out(folder: Path, tmp_path: Path) -> None:
    for half in ("files/incoming/upload", "web_pages/incoming-5a/page.html", "accepted/5a.lock"):
        (folder / half).parent.mkdir(parents=True, exist_ok=True)
        (folder / half).write_text("half")
    back_up(folder, tmp_path / "backup.zip")
    assert not [name for name in verify_backup(tmp_path / "backup.zip") if "incoming" in name or "lock" in name]


def test_a_file_that_grows_or_moves_on_meanwhile_harms_no_backup(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (waiting := folder / "accepted" / "5a" / "b.txt").parent.mkdir(parents=True)
    waiting.write_text("The oak is old.")
    record(folder / AUDIT_LOG, "sign-in")

    def meanwhile(archive: zipfile.ZipFile, name: str, path: Path, since: Backup | None) -> str:
        if path == waiting:
            waiting.replace(folder / "files" / "b.txt")
        written = write_file(archive, name, path, since)
        record(folder / AUDIT_LOG, "sign-out")
        return written

    monkeypatch.setattr(backup, "write_file", meanwhile)
    back_up(folder, tmp_path / "backup.zip")
    files = verify_backup(tmp_path / "backup.zip")
    assert "files/b.txt" in files
    assert "accepted/5a/b.txt" not in files


def test_nothing_is_written_over(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.zip"
    back_up(folder, target)
    with pytest.raises(LibraryError, match="already"):
        back_up(folder, target)
    with pytest.raises(LibraryError, match="is not empty"):
        restore(target, folder)
    with pytest.raises(LibraryError, match="no library"):
        back_up(tmp_path / "nowhere", tmp_path / "other.zip")


def test_a_damaged_backup_and_what_is_none_are_refused(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.zip"
    back_up(folder, target)
    with zipfile.ZipFile(target) as archive:
        largest = max(archive.infolist(), key=lambda member: member.compress_size)
    content = bytearray(target.read_bytes())
    content[largest.header_offset + 100 + largest.compress_size // 2] ^= 1  # in its data: an archive has idle bytes too
    target.write_bytes(content)
    with pytest.raises(LibraryError, match="damaged"):
        restore(target, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    (tmp_path / "text.zip").write_text("no archive")
    with pytest.raises(LibraryError, match="no backup"):
        verify_backup(tmp_path / "text.zip")


def test_a_member_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name in (DATABASE, "../out.txt"):
            archive.writestr(name, b"")
        archive.writestr("manifest.json", json.dumps({DATABASE: empty, "../out.txt": empty}))
    with pytest.raises(LibraryError, match=r"out\.txt"):
        restore(tmp_path / "bad.zip", tmp_path / "new")
    assert not (tmp_path / "out.txt").exists()


def test_the_audit_log_comes_back_and_what_was_recorded_since_follows_it(folder: Path, tmp_path: Path) -> None:
    record(folder / "audit.jsonl", "sign-in", "ann")
    back_up(folder, tmp_path / "backup.zip")
    new = tmp_path / "new" / "audit.jsonl"
    record(new, "user-added", "bob")  # an account made before there was a library
    restore(tmp_path / "backup.zip", tmp_path / "new")
    assert [event.object for event in read_events(new) if event] == ["ann", "bob"]
    assert new.stat().st_mode & 0o077 == 0
