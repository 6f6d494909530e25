"""Files are stored whole, found, moved and deleted alike in a folder and in storage that speaks S3."""

import hashlib
import sys
from pathlib import Path

import pytest

from ingest.sources.file_store import FileStore, FolderFiles, original_files
from rag.errors import SettingsError
from rag.settings import load_settings

NAMES = (
    "a.txt",
    "a?versionId=1.txt",  # s3fs would take it for a version of another file
    "*.txt",
    "a [draft] {2} 100%25 #1 ^~`'\"|<>\\.txt",
    " spaces  and  \N{DIVISION SLASH} others .txt ",
    "Übersicht für 文件 उदाहरण.pdf",
    "line\nbreak.txt",
    "..txt",
)


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(store: FileStore, key: str, content: bytes) -> None:
    file = store.folder / "incoming" / "received"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    store.put(key, file)
    assert not file.exists()


def test_what_is_put_is_found_read_replaced_and_deleted(file_store: FileStore) -> None:
    file_store.require_reachable()
    put(file_store, "files/a.txt", b"one")
    put(file_store, "files/a.txt", b"two")
    assert file_store.exists("files/a.txt")
    assert file_store.read("files/a.txt") == b"two"
    assert file_store.local("files/a.txt", hash_of(b"two")).read_bytes() == b"two"
    file_store.delete("files/a.txt")
    file_store.delete("files/a.txt")
    assert not file_store.exists("files/a.txt")


def test_files_with_awkward_names_are_kept_apart(file_store: FileStore) -> None:
    for number, name in enumerate(NAMES):
        put(file_store, f"files/{name}", b"%d" % number)
    for number, name in enumerate(NAMES):
        assert file_store.read(f"files/{name}") == b"%d" % number
    file_store.delete("files/*.txt")
    assert [file_store.exists(f"files/{name}") for name in NAMES] == [name != "*.txt" for name in NAMES]


@pytest.mark.parametrize("sha256", ["", hash_of(b"text"), hash_of(b"text")[:32]])
def test_a_reader_gets_a_path_that_ends_as_the_name(file_store: FileStore, sha256: str) -> None:
    put(file_store, "files/a.pdf", b"text")
    path = file_store.local("files/a.pdf", sha256)
    assert (path.suffix, path.read_bytes()) == (".pdf", b"text")


def test_what_is_not_there_is_said_to_be_missing(file_store: FileStore) -> None:
    put(file_store, "files/users/ann/a.txt", b"text")
    for key in ("files/none.txt", "files/users", "files/users/ann", "files/users/ann/a"):
        assert not file_store.exists(key)
    with pytest.raises(FileNotFoundError):
        file_store.read("none")
    with pytest.raises(FileNotFoundError):
        file_store.local("none", hash_of(b""))
    with pytest.raises(FileNotFoundError):
        file_store.move("none", "files/none")


def test_a_moved_file_replaces_an_earlier_one(file_store: FileStore) -> None:
    put(file_store, "accepted/1/a.txt", b"new")
    put(file_store, "files/users/ann/a.txt", b"old")
    file_store.move("accepted/1/a.txt", "files/users/ann/a.txt")
    assert file_store.read("files/users/ann/a.txt") == b"new"
    assert not file_store.exists("accepted/1/a.txt")


def test_a_folder_is_emptied_but_for_what_is_to_stay_and_its_neighbours(file_store: FileStore) -> None:
    for key in ("pages/1/a.html", "pages/1/b.html", "pages/1/page.json", "pages/10/a.html", "pages/1 b/a.html"):
        put(file_store, key, b"text")
    file_store.clear("pages/1", keeping=("b.html", "page.json"))
    assert [file_store.exists(f"pages/1/{name}") for name in ("a.html", "b.html", "page.json")] == [False, True, True]
    file_store.clear("pages/1")
    file_store.clear("pages/1")
    assert not file_store.exists("pages/1/b.html")
    assert file_store.folders("pages").keys() == {"10", "1 b"}
    assert file_store.exists("pages/10/a.html")


def test_folders_are_listed_with_the_time_of_their_last_change(file_store: FileStore, tmp_path: Path) -> None:
    assert file_store.folders("accepted") == {}
    (probe := tmp_path / "probe").write_text("now")
    for place in ("one", "two"):
        put(file_store, f"accepted/{place}/a.txt", b"text")
    put(file_store, "accepted/uploads.sqlite", b"no folder")
    found = file_store.folders("accepted")
    assert found.keys() == {"one", "two"}
    assert all(abs(changed - probe.stat().st_mtime) < 60 for changed in found.values())


def test_a_large_file_is_stored_in_parts(file_store: FileStore) -> None:
    content = hashlib.shake_256(b"seed").digest(20_000_000)
    put(file_store, "files/large.bin", content)
    assert hash_of(file_store.local("files/large.bin", hash_of(content)).read_bytes()) == hash_of(content)
    file_store.move("files/large.bin", "files/moved.bin")
    assert file_store.exists("files/moved.bin")


def test_a_key_is_a_path_in_the_folder(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path / "library")
    (file := tmp_path / "received").write_text("text")
    files.put("files/users/ann/a.txt", file)
    path = tmp_path / "library" / "files" / "users" / "ann" / "a.txt"
    assert path.read_text() == "text"
    assert files.local("files/users/ann/a.txt", "0" * 64) == path, "whoever reads it compares"


def test_a_kill_before_a_file_is_in_its_place_leaves_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = FolderFiles(tmp_path)
    for content in ("one", "two"):
        (file := tmp_path / "received").write_text(content)
        if content == "two":
            monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                files.put("files/a.txt", file)
        else:
            files.put("files/a.txt", file)
    assert (tmp_path / "files" / "a.txt").read_text() == "one"


DATABASE = "postgresql://db.example/citewell"


@pytest.mark.parametrize("shared", [None, "shared"])
def test_files_are_in_the_library_or_in_the_folder_that_servers_share(shared: str | None, tmp_path: Path) -> None:
    folder = tmp_path / shared if shared else None
    files = original_files(load_settings(library=tmp_path / "library", database=DATABASE, shared_folder=folder))
    assert isinstance(files, FolderFiles)
    assert files.folder == (folder or tmp_path / "library")


def test_without_its_package_a_storage_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.delitem(sys.modules, "ingest.sources.s3_files", raising=False)
    settings = load_settings(library=tmp_path, database=DATABASE, shared_folder="s3://bucket/prefix")
    with pytest.raises(SettingsError, match=r"the package fsspec is missing\. Install it: pip install .*\[s3\]"):
        original_files(settings)
