"""Files, folders and globs name the files that a user expects."""

from pathlib import Path

import pytest

from api.key import Key
from api.key_store import KeyStore
from ingest.backup import back_up
from ingest.formats import SUFFIXES
from ingest.pipeline import Ingestor
from ingest.removal import upload_key
from ingest.sources.discover import belongs, discover
from ingest.sources.file_store import FolderFiles
from rag.runtime.audit_log import record
from rag.stores.index_sync import SearchIndexes
from rag.stores.sqlite_library import SqliteLibrary
from serving.share_store import ShareStore
from serving.upload_progress import Upload
from serving.upload_spool import UploadSpool
from tests.support.fakes import WordEmbedder


def test_folders_are_searched_for_known_formats_once_each_and_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "deep/c.pdf", ".hidden.txt", ".git/d.txt", "e.exe"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "deep" / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = [path.relative_to(tmp_path).as_posix() for path in discover([str(tmp_path), str(tmp_path / "b.txt")])]
    assert found == ["a.md", "b.txt", "deep/c.pdf"]


def test_what_a_folder_has_of_other_endings_is_left_out_and_told_of_and_read_where_it_is_named(tmp_path: Path) -> None:
    for name in ("a.md", "b.xyz", ".hidden.xyz"):
        (tmp_path / name).write_text("x")
    left_out: list[Path] = []
    assert list(discover([str(tmp_path)], left_out=left_out.append)) == [tmp_path / "a.md"]
    assert left_out == [tmp_path / "b.xyz"]
    assert list(discover([str(tmp_path / "b.xyz")], left_out=left_out.append)) == [tmp_path / "b.xyz"]
    assert len(left_out) == 1


def test_a_librarys_own_files_are_no_documents_of_the_folder_it_lies_in(
    ingestor: Ingestor, library: SqliteLibrary, embedder: WordEmbedder, tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "mine.txt").write_text("This folder is only called as one of a library.")
    assert [result.status for result in ingestor.ingest([str(tmp_path)])] == ["added"]
    folder = tmp_path / "library"
    SearchIndexes(folder, library, embedder.dimension).refresh()
    _put_what_a_server_does(folder)
    own = [path for path in folder.rglob("[!.]*") if path.is_file()]
    assert {path.name for path in own if path.suffix in SUFFIXES} == {
        *("dense.json", "keyword.json", "meta.json", "hers.txt", "sent.txt", "page.html", "copy.txt"),
        *("audit.jsonl", "watched_folders.json"),
    }
    for named in (tmp_path, tmp_path / "**" / "*.*"):
        left_out: list[Path] = []
        found = list(discover([str(named)], left_out=left_out.append))
        assert [path.name for path in found] == ["mine.txt"]
        assert left_out == []
        assert not [path for path in own if belongs(path, [str(named)])]
    for file in folder.glob("library.sqlite*"):
        file.unlink()  # as if its database were PostgreSQL's
    assert [path.name for path in discover([str(tmp_path)])] == ["mine.txt"]


def _put_what_a_server_does(folder: Path) -> None:
    """Put a file of every kind into a library: uploads, pages, copies, keys, shares, lists and the audit log."""
    received = folder.parent / ".received"
    for key in (upload_key(FolderFiles(folder), "ann", "hers.txt"), "web_pages/5a/page.html", "file_copies/copy.txt"):
        received.write_text("text")
        FolderFiles(folder).put(key, received)
    received.write_text("text")
    UploadSpool(folder / "accepted").accept(
        Upload(id=0, owner="ann", sender="ann", name="sent.txt", collection="", sha256="5a"), received
    )
    KeyStore(folder).add(Key(id="", name="tool", owner="ann", created_at="2026-01-01T00:00:00+00:00"))
    ShareStore(folder).share_collection("ann", "Plans", "bob", "reader")
    back_up(folder, folder.parent / ".backup")
    for name in ("watched_folders.json", "audit.jsonl.1"):
        (folder / name).write_text("[]")
    record(folder / "audit.jsonl", "sign-in", "ann")


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("private")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link.txt").symlink_to(tmp_path / "outside.txt")
    assert list(discover([str(tmp_path / "folder")])) == []


def test_globs_that_the_shell_left_alone_are_expanded(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.md").write_text("x")
    assert [path.name for path in discover([str(tmp_path / "*.txt")])] == ["a.txt"]
    assert [path.name for path in discover([str(tmp_path / "*.pdf")])] == ["*.pdf"]


@pytest.mark.parametrize(
    ("path", "names", "expected"),
    [
        ("docs/a.txt", ["docs"], True),
        ("docs/deep/deleted.txt", ["docs"], True),
        ("docs/.git/a.txt", ["docs"], False),
        ("docs/a.exe", ["docs"], False),
        ("docs/a.exe", ["docs/a.exe"], True),
        ("docs/a.txt", ["docs/*.txt"], True),
        ("docs/a.txt", ["docs/*.md"], False),
        ("docs/deep/deleted.txt", ["docs/*.txt"], False),
        ("docs/deep/deleted.txt", ["docs/**/*.txt"], True),
        ("docs/a.txt", ["docs/**/*.txt"], True),
        ("docs/deep/deleted.txt", ["docs/*"], True),
        ("docs/.git/a.txt", ["docs/*/*.txt"], False),
        ("elsewhere/a.txt", ["docs"], False),
    ],
)
def test_only_what_is_named_belongs(tmp_path: Path, path: str, names: list[str], expected: bool) -> None:
    for name in ("docs/a.txt", "docs/a.exe", "docs/.git/a.txt", "elsewhere/a.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert belongs(tmp_path / path, names) is expected
