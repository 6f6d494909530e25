"""Fixtures of real S3 servers, one of each kind for all tests of a run; without its package the tests are skipped."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from ingest.sources.file_store import FileStore, FolderFiles
from tests.support.servers.s3_process import KINDS, S3Process, is_installed

_NUMBERS = count(1)

S3 = [pytest.param(kind, marks=pytest.mark.s3) for kind in KINDS]


class S3Servers:
    """The servers of a run: each is started when it is first asked for. A test that ends one starts it again."""

    def __init__(self) -> None:
        self._running: dict[str, S3Process] = {}

    def get(self, kind: str, patch: pytest.MonkeyPatch) -> S3Process:
        """Return the server of a kind, which this process's clients now ask."""
        if not is_installed(kind):
            pytest.skip(f"s3fs or {kind} is not installed")
        if kind not in self._running:
            self._running[kind] = S3Process(kind)
        for name, value in self._running[kind].environment.items():
            patch.setenv(name, value)
        return self._running[kind]

    def close(self) -> None:
        """End them."""
        for each in self._running.values():
            each.close()


@pytest.fixture(scope="session")
def s3_servers() -> Iterator[S3Servers]:
    """Yield the servers of this run."""
    servers = S3Servers()
    yield servers
    servers.close()


@pytest.fixture(params=S3)
def s3(request: pytest.FixtureRequest, s3_servers: S3Servers, monkeypatch: pytest.MonkeyPatch) -> S3Process:
    """Return a running server that this process's clients ask."""
    return s3_servers.get(request.param, monkeypatch)


@pytest.fixture
def s3_address(s3: S3Process) -> str:
    """Return the address of a new, empty bucket."""
    return new_address(s3)


@pytest.fixture(params=["folder", *S3])
def file_store(
    request: pytest.FixtureRequest, s3_servers: S3Servers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> FileStore:
    """Return an empty store: in a folder, and at each server."""
    if request.param == "folder":
        return FolderFiles(tmp_path / "library")
    address = new_address(s3_servers.get(request.param, monkeypatch))
    from ingest.sources.s3_files import S3Files

    return S3Files(address, tmp_path / "library")


def new_address(server: S3Process) -> str:
    """Return the address in a new, empty bucket of a server."""
    return f"s3://{server.make_bucket(f'library-{next(_NUMBERS)}')}/citewell"
