"""The sources pane lists, receives, moves and removes a user's own files, whatever their names say."""

import pytest
from starlette.testclient import TestClient

from rag.services import Services
from tests.web.routes.conftest import client, id_of
from tests.web.test_uploads import ended
from web.routes.source_routes import SourceRoutes, describe_progress, file_name
from web.uploads import Upload, Uploads


@pytest.fixture
def ann(services: Services, uploads: Uploads) -> TestClient:
    return client(SourceRoutes(services, uploads).routes(), "ann")


def test_each_user_sees_their_own_sources(ann: TestClient, uploads: Uploads) -> None:
    uploads.reject("bob", "b.txt", "too large")
    listed = ann.get("/sources").json()
    assert [document["name"] for document in listed["documents"]] == ["anns.txt"]
    assert (listed["uploads"], listed["largest"]) == ([], 1_000_000)


def test_a_source_is_moved_and_removed_by_its_owner_only(ann: TestClient, services: Services) -> None:
    bobs, anns = id_of(services, "bob"), id_of(services, "ann")
    assert ann.patch(f"/sources/{bobs}", json={"collection": "x"}).status_code == 403
    assert ann.delete(f"/sources/{bobs}").status_code == 403
    assert ann.patch(f"/sources/{anns}", json={"collection": " Fees "}).json() == {"moved": anns}
    assert ann.get("/sources").json()["documents"][0]["collection"] == "Fees"
    assert ann.delete(f"/sources/{anns}").json() == {"removed": anns}
    assert ann.get("/sources").json()["documents"] == []
    assert id_of(services, "bob") == bobs


def test_a_file_that_is_too_large_is_listed_as_failed_and_leaves_nothing(ann: TestClient, uploads: Uploads) -> None:
    received = ann.post("/uploads?name=../a.txt", content=b"x" * 1_000_001)
    assert received.status_code == 413
    assert (received.json()["name"], received.json()["state"]) == ("a.txt", "failed")
    assert "limit of 1 MB" in received.json()["text"]
    assert list(uploads.incoming().iterdir()) == []
    ann.delete("/uploads")
    assert ann.get("/sources").json()["uploads"] == []


def test_a_received_file_is_ingested(ann: TestClient, uploads: Uploads) -> None:
    received = ann.post("/uploads?name=a.txt", content=b"Good text.")
    assert (received.status_code, received.json()["name"]) == (202, "a.txt")
    (upload,) = uploads.of("ann")
    assert ended(uploads, upload).state == "ready"
    assert [document["name"] for document in ann.get("/sources").json()["documents"]] == ["a.txt", "anns.txt"]


def test_nobody_unlocks_anothers_upload(services: Services, uploads: Uploads) -> None:
    upload = uploads.reject("bob", "b.pdf", "too large")
    ann = client(SourceRoutes(services, uploads).routes(), "ann")
    assert ann.post(f"/uploads/{upload.id}", json={"password": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("stage", "done", "total", "said"),
    [
        ("reading", 0, 0, "reading"),
        ("reading", 12, 0, "reading page 12"),
        ("reading", 12, 76, "reading page 12 of 76"),
        ("embedding", 0, 310, "embedding 0 of 310"),
    ],
)
def test_what_is_being_done_with_a_file_is_said_in_words(stage: str, done: int, total: int, said: str) -> None:
    upload = Upload(id=1, owner="", name="a.pdf", state="working", stage=stage, done=done, total=total)
    assert describe_progress(upload) == said


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.pdf", "a.pdf"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("a\nb\x00.pdf", "a_b_.pdf"),
        ("<script>alert(1)</script>.md", "script>.md"),
        ("ü" * 300 + ".pdf", "ü" * 118 + ".pdf"),
    ],
)
def test_the_name_of_an_upload_is_a_name_and_no_path(sent: str, kept: str) -> None:
    assert file_name(sent) == kept
