"""Two servers share S3 storage: what one is sent, another ingests, shows and deletes; while it is away both say so.

Starting them takes seconds, so the tests share them. The first server leaves uploads to the second.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.removal import uploads_of
from tests.support.app_process import scripted
from tests.support.documents.pdfs import write_pdf
from tests.support.servers.postgres_server import PostgresServer
from tests.support.servers.s3_fixtures import S3Servers, new_address
from tests.support.servers.s3_process import S3Process, is_installed
from tests.support.servers.shared_database import fill, sign_in
from tests.support.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.s3]

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def storage(s3_servers: S3Servers) -> Iterator[S3Process]:
    with pytest.MonkeyPatch.context() as patch:
        yield s3_servers.get("rclone" if is_installed("rclone") else "moto", patch)


@pytest.fixture(scope="module")
def address(storage: S3Process) -> str:
    return new_address(storage)


@pytest.fixture(scope="module")
def apps(postgres: PostgresServer, address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with postgres.database() as name, ExitStack() as started:
        database = postgres.address_of(name)
        fill(database, "ann")
        one, two = (
            started.enter_context(
                scripted(
                    tmp_path_factory.mktemp(each),
                    "Yes.",
                    database=database,
                    shared_folder=address,
                    ingest_uploads=takes_in,
                    embedder="words",
                    overviews="off",
                )
            )
            for each, takes_in in (("one", "false"), ("two", "true"))
        )
        yield one, two


@pytest.fixture
def ann(apps: tuple[str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(timeout=120) as client:
        assert sign_in(client, apps[0], "ann").status_code == 303
        yield client


def send(client: httpx.Client, app: str, file: Path) -> dict[str, Any]:
    sent = client.post(f"{app}/api/v1/documents", files={"file": (file.name, file.read_bytes())})
    return dict(sent.raise_for_status().json()["job"])


def taken_in(client: httpx.Client, app: str, job: dict[str, Any]) -> int:
    def over() -> dict[str, Any] | None:
        now = client.get(f"{app}/api/v1/jobs/{job['id']}").raise_for_status().json()
        return None if now["state"] in ("waiting", "working") else dict(now)

    ended = until(over)
    assert ended["state"] == "ready", ended
    return int(ended["document_id"])


def picture(client: httpx.Client, app: str, document: int) -> httpx.Response:
    return client.get(f"{app}/api/v1/documents/{document}/pages/1/image")


def objects(address: str, folder: Path) -> list[str]:
    from ingest.sources.s3_files import S3Files

    return [path.rpartition("/citewell/")[2] for path in S3Files(address, folder)._storage.find(address)]


def test_a_file_sent_to_one_is_taken_in_and_shown_by_the_other_and_goes_with_its_document(
    apps: tuple[str, str], ann: httpx.Client, address: str, tmp_path: Path
) -> None:
    one, two = apps
    file = write_pdf(tmp_path / "fees?versionId=2 *.pdf", ["The entry fee is 20 euros."])
    document = taken_in(ann, one, send(ann, one, file))
    assert objects(address, tmp_path) == [f"{uploads_of('ann')}/fees%3FversionId=2 %2A.pdf"]
    for app in (two, one):
        assert picture(ann, app, document).content.startswith(PNG)
        (id_,) = [each["id"] for each in ann.get(f"{app}/v1/files").json()["data"] if each["filename"] == file.name]
        assert ann.get(f"{app}/v1/files/{id_}/content").content == file.read_bytes()
    assert ann.delete(f"{one}/api/v1/documents/{document}").status_code == 204
    assert objects(address, tmp_path) == []
    assert picture(ann, two, document).status_code == 404


def test_while_the_storage_is_away_nothing_is_lost_in_silence(
    apps: tuple[str, str], ann: httpx.Client, storage: S3Process, address: str, tmp_path: Path
) -> None:
    one, two = apps
    document = taken_in(ann, two, send(ann, two, write_pdf(tmp_path / "a.pdf", ["The oak is old."])))
    storage.stop()
    try:
        failed = send(ann, one, write_pdf(tmp_path / "b.pdf", ["The birch is white."]))
        assert (failed["state"], "cannot be reached" in str(failed)) == ("failed", True)
        listed = ann.get(f"{two}/api/v1/jobs/{failed['id']}").json()
        assert listed["state"] == "failed"
        shown = picture(ann, one, document)
        assert (shown.status_code, "The storage of its file cannot be reached now" in shown.text) == (404, True)
        refused = ann.delete(f"{one}/api/v1/documents/{document}")
        assert (refused.status_code, "cannot be reached" in refused.text) == (503, True)
        assert ann.get(f"{one}/api/v1/documents/{document}").status_code == 200
    finally:
        storage.start()
    if storage.kind == "moto":
        return  # it has forgotten everything
    assert picture(ann, one, document).content.startswith(PNG)
    assert ann.delete(f"{one}/api/v1/documents/{document}").status_code == 204
    assert objects(address, tmp_path) == []
