"""Archives are unpacked within limits."""

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.sandbox import unpack
from rag.errors import DocumentError
from tests.support.documents.sample_documents import write_tar, write_zip

Write = Callable[[dict[str, bytes]], Path]


@pytest.fixture(params=[(write_zip, "zip"), (write_tar, "tar"), (write_tar, "tar.gz")], ids=["zip", "tar", "tar.gz"])
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Write:
    writer, suffix = request.param
    return lambda members: Path(writer(tmp_path / f"archive.{suffix}", members))


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [("MAX_MEMBERS", 3, "(5 members, and at most|more than) 3"), ("MAX_TOTAL_BYTES", 20, "unpacks to more")],
)
def test_an_archive_of_too_much_is_given_up_with_the_reason(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, reason: str
) -> None:
    monkeypatch.setattr(unpack, limit, value)
    path = write({f"{number}.txt": b"ten bytes." for number in range(5)})
    with pytest.raises(DocumentError, match=reason):
        list(unpack.unpack(str(path), str(tmp_path), 1000))


def test_a_symbolic_link_in_a_zip_is_rejected_as_in_a_tar(tmp_path: Path) -> None:
    path = tmp_path / "links.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("plain.txt", "Good text.")
    found = list(unpack.unpack(str(path), str(tmp_path), 1000))
    assert found == [
        {"name": "link.txt", "rejection": "it is a link or a device, not a file"},
        {"name": "plain.txt", "rejection": ""},
    ]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_members_of_one_name_the_second_is_told(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "First.")
        archive.writestr("./a.txt", "Second.")
    first, second = unpack.unpack(str(path), str(tmp_path), 1000)
    assert first["rejection"] == ""
    assert "another member of this name" in second["rejection"]
    assert (tmp_path / "0").read_bytes() == b"First."
