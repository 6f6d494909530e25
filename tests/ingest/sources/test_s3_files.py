"""A failure at S3 storage is one sentence that says what to do; no key leaves the prefix of the setting."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.s3_files import S3Files
from rag.errors import ChangedFileError, StorageError
from rag.stores.library_folder import COPIES
from tests.support.servers.s3_fixtures import new_address
from tests.support.servers.s3_process import KEY, SECRET, S3Process

pytestmark = pytest.mark.s3


def put(files: S3Files, key: str, content: bytes) -> str:
    files.folder.mkdir(exist_ok=True)
    (received := files.folder / "received").write_bytes(content)
    files.put(key, received)
    return hashlib.sha256(content).hexdigest()


@given(st.lists(st.text(st.characters(exclude_characters="/"), min_size=1, max_size=20), min_size=1, max_size=4))
def test_every_key_is_below_the_prefix_and_is_no_other(names: list[str]) -> None:
    files = S3Files("s3://bucket/prefix", Path("library"))
    key = "/".join(names)
    if {".", ".."} & set(names):
        with pytest.raises(FileNotFoundError):
            files._at(key)
        return
    path = files._at(key)
    assert files._storage.split_path(path) == ("bucket", path.removeprefix("bucket/"), None)
    assert path.startswith("bucket/prefix/")
    assert path.count("/") == len(names) + 1
    assert files._storage._strip_protocol(path) == path


@pytest.mark.parametrize("key", ["", "../other/a.txt", "files/../../a.txt", "/files/a.txt", "files//a.txt", "files/."])
def test_a_key_that_leads_elsewhere_is_of_no_file(key: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        S3Files("s3://bucket/prefix", tmp_path).read(key)


@pytest.mark.parametrize("s3", ["rclone"], indirect=True)
def test_credentials_that_are_refused_are_not_repeated(
    s3: S3Process, s3_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
    with pytest.raises(StorageError, match=r"refuses the credentials .* Set AWS_ACCESS_KEY_ID") as caught:
        S3Files(s3_address, tmp_path).require_reachable()
    assert not {"wrong-secret", KEY, SECRET} & set(str(caught.value).split())


@pytest.mark.parametrize("s3", ["rclone"], indirect=True)
def test_while_a_server_is_away_everything_says_so_and_goes_on_once_it_is_back(
    s3: S3Process, s3_address: str, tmp_path: Path
) -> None:
    files = S3Files(s3_address, tmp_path)
    sha256 = put(files, "files/a.txt", b"text")
    kept = files.local("files/a.txt", sha256)
    s3.stop()
    try:
        (received := tmp_path / "received").write_text("more")
        with pytest.raises(StorageError, match=r"cannot be reached at http://127\.0\.0\.1:\d+: nothing answers there"):
            files.put("files/b.txt", received)
        assert received.read_text() == "more"
        assert files.local("files/a.txt", sha256) == kept, "what is here is shown on"
    finally:
        s3.start()
    files.put("files/b.txt", received)
    assert files.read("files/b.txt") == b"more"


def test_a_file_that_was_changed_in_the_storage_is_told_from_what_was_stored(s3_address: str, tmp_path: Path) -> None:
    files = S3Files(s3_address, tmp_path)
    sha256 = put(files, "files/a.txt", b"text")
    put(files, "files/a.txt", b"what somebody else wrote")
    with pytest.raises(ChangedFileError, match=r"The file 'a\.txt' in the storage is not the one"):
        files.local("files/a.txt", sha256)
    assert list((tmp_path / COPIES).iterdir()) == []


def test_two_libraries_in_one_bucket_do_not_see_each_other(s3: S3Process, tmp_path: Path) -> None:
    address = new_address(s3)
    one, two = S3Files(f"{address}/one", tmp_path / "1"), S3Files(f"{address}/one-more", tmp_path / "2")
    put(one, "files/a.txt", b"text")
    put(two, "files/a.txt", b"text")
    one.clear("files")
    assert two.exists("files/a.txt")
