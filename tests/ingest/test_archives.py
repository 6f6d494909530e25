"""Archives are unpacked when asked to, and their members get no further than files of their own."""

import gzip
import os
import tarfile
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.documents.sample_documents import write_tar, write_zip

Members = dict[str, bytes]


LOCKED = (
    "UEsDBAoACQAAADZ+eV0HR/saHAAAABAAAAAKABwAc2VjcmV0LnR4dFVUCQADmAMHa5gDB2t1eAsAAQQAAAAABAAAAAAd0QAAimH8"
    "yhT2wX1cdAvkDqrNFkRkxeszYzMpUEsHCAdH+xocAAAAEAAAAFBLAQIeAwoACQAAADZ+eV0HR/saHAAAABAAAAAKABgAAAAAAAEA"
    "AACkgQAAAABzZWNyZXQudHh0VVQFAAOYAwdrdXgLAAEEAAAAAAQAAAAAUEsFBgAAAAABAAEAUAAAAHAAAAAAAA=="
)
"""secret.txt under the password "right"; Python can read such an archive, but not write one."""


@pytest.fixture(params=["zip", "tar.gz"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Members], Path]:
    write = write_zip if request.param == "zip" else write_tar
    return lambda members: write(tmp_path / f"a.{request.param}", members)


def ingest(ingestor: Ingestor, path: Path, password: str | None = None) -> dict[str, FileResult]:
    results = ingestor.ingest([str(path)], archives=True, password=password)
    return {result.source.partition("!/")[2] or result.name: result for result in results}


def test_members_are_read_named_and_found_unchanged_the_next_time(
    ingestor: Ingestor, library: SqliteLibrary, archive: Callable[[Members], Path]
) -> None:
    path = archive({"one.txt": b"First text.", "deep/two.md": b"# Second", ".hidden/x.txt": b"no", "x.exe": b"MZ"})
    assert {name: r.status for name, r in ingest(ingestor, path).items()} == {
        "one.txt": "added",
        "deep/two.md": "added",
    }
    assert [(d.name, d.source) for d in library.documents()] == [
        ("one.txt", f"{path}!/one.txt"),
        ("two.md", f"{path}!/deep/two.md"),
    ]
    assert {r.status for r in ingest(ingestor, path).values()} == {"unchanged"}


def test_without_being_asked_archives_are_left_alone(
    ingestor: Ingestor, archive: Callable[[Members], Path], tmp_path: Path
) -> None:
    path = archive({"one.txt": b"First text."})
    assert list(ingestor.ingest([str(tmp_path)])) == []
    (named,) = ingestor.ingest([str(path)])
    assert named.status == "failed"
    assert [result.status for result in ingestor.ingest([str(tmp_path)], archives=True)] == ["added"]


def test_a_path_that_leads_out_is_refused_and_the_rest_is_read(
    ingestor: Ingestor, archive: Callable[[Members], Path], tmp_path: Path
) -> None:
    names = ("../../escaped.txt", "/tmp/escaped.txt", "a/../../escaped.txt", "..\\escaped.txt")  # noqa: S108
    results = list(
        ingestor.ingest([str(archive(dict.fromkeys(names, b"Escaped.") | {"good.txt": b"Good text."}))], archives=True)
    )
    assert [result.status for result in results] == ["failed"] * 4 + ["added"]
    assert all("leads out of the archive" in result.reason for result in results[:4])
    assert not list(tmp_path.rglob("escaped.txt"))
    assert not list(tmp_path.parent.glob("escaped.txt"))


def test_a_bomb_fails_alone(ingestor: Ingestor, archive: Callable[[Members], Path]) -> None:
    results = ingest(ingestor, archive({"bomb.txt": b"\0" * 20_000_000, "good.txt": b"Good text."}))
    assert "unpacks to more than" in results["bomb.txt"].reason
    assert results["good.txt"].status == "added"


def test_an_archive_within_an_archive_is_not_entered(ingestor: Ingestor, tmp_path: Path) -> None:
    inner = write_zip(tmp_path / "inner.zip", {"a.txt": b"Inner text."})
    results = ingest(ingestor, write_zip(tmp_path / "outer.zip", {"inner.zip": inner.read_bytes()}))
    assert "not entered" in results["inner.zip"].reason


def test_links_and_devices_in_a_tar_are_refused(ingestor: Ingestor, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, kind, target in (("link.txt", tarfile.SYMTYPE, "/etc/passwd"), ("fifo.txt", tarfile.FIFOTYPE, "")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    results = ingest(ingestor, tmp_path / "a.tar")
    assert {result.reason for result in results.values()} == {"it is a link or a device, not a file"}


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tgz"])
def test_a_damaged_archive_says_so(ingestor: Ingestor, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 this is no archive")
    (result,) = ingest(ingestor, tmp_path / name).values()
    assert (result.status, "damaged" in result.reason) == ("failed", True)


def test_a_damaged_member_fails_alone(ingestor: Ingestor, tmp_path: Path) -> None:
    text = " ".join(f"word{number}" for number in range(5000)).encode()
    path = write_zip(tmp_path / "a.zip", {"bad.txt": text, "good.txt": b"Good text."})
    data = bytearray(path.read_bytes())
    data[200:260] = b"\xff" * 60
    path.write_bytes(data)
    results = ingest(ingestor, path)
    assert "damaged in the archive" in results["bad.txt"].reason
    assert results["good.txt"].status == "added"


@pytest.mark.parametrize("suffix", ["tar.gz", "tar.bz2", "tar.xz"])
def test_a_compressed_tar_is_read_to_its_checksum(ingestor: Ingestor, tmp_path: Path, suffix: str) -> None:
    path = write_tar(tmp_path / f"a.{suffix}", {f"{number}.txt": f"Text {number}.".encode() for number in range(3)})
    whole = path.read_bytes()
    for damaged in (whole[:-2], whole[:-6] + bytes([whole[-6] ^ 0xFF]) + whole[-5:]):
        path.write_bytes(damaged)
        assert "is damaged" in ingest(ingestor, path)[path.name].reason
    path.write_bytes(whole)
    assert ingest(ingestor, path).keys() == {"0.txt", "1.txt", "2.txt"}


@pytest.mark.parametrize("end", [b"\0" * 20_000_000, b"\0" * 1024 + b"x" * 20_000_000])
def test_a_bomb_after_the_last_member_is_not_unpacked(ingestor: Ingestor, tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(write_tar(tmp_path / "a.tar", {"a.txt": b"Good text."}).read_bytes() + end))
    results = ingest(ingestor, path)
    assert results["a.txt"].status == "added"
    assert "a decompression bomb?" in results["a.tar.gz"].reason


def test_a_tar_with_a_damaged_header_says_that_the_rest_was_not_read(ingestor: Ingestor, tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tar", {"a.txt": b"Good text.", "b.txt": b"Lost text."})
    path.write_bytes(path.read_bytes().replace(b"b.txt", b"c.txt"))  # its checksum is not that
    results = ingest(ingestor, path)
    assert results["a.txt"].status == "added"
    assert "was not read" in results["a.tar"].reason


def test_unpacked_members_are_deleted_once_read(
    ingestor: Ingestor, archive: Callable[[Members], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    path = archive({f"{number}.txt": f"Text {number}.".encode() for number in range(5)})
    left = [
        sum(len(files) for _, _, files in os.walk(tmp_path / "temporary"))
        for _ in ingestor.ingest([str(path)], archives=True)
    ]
    assert left[-1] == 0
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_locked_member_asks_for_the_password(ingestor: Ingestor, tmp_path: Path) -> None:
    locked = tmp_path / "locked.zip"
    locked.write_bytes(b64decode(LOCKED))
    assert "--password" in ingest(ingestor, locked)["secret.txt"].reason
    assert ingest(ingestor, locked, "right")["secret.txt"].status == "added"
