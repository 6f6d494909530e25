"""Documents are added once, listed in pages, moved and removed, and never across the border of a collection."""

from pathlib import Path

import httpx

from api.standalone import RunningApi
from rag.services import Services
from tests.api.rest.conftest import id_of
from tests.support.servers.api_server import client, make_key

TREES = b"The oak is a tree of the north."


def add(at: httpx.Client, name: str, content: bytes = TREES, **form: str) -> httpx.Response:
    """Add a file, and wait until it has been read."""
    added = at.post("/api/v1/documents", files={"file": (name, content)}, data=form)
    if added.status_code == 202:
        at.get(f"{added.headers['location']}/events")
    return added


def test_a_file_is_added_once_whatever_its_name(at: httpx.Client) -> None:
    added = add(at, "trees.txt", collection="nature")
    assert (added.status_code, added.json()["document"]) == (202, None)
    found = at.get("/api/v1/documents?collection=nature").json()["documents"]
    assert [document["name"] for document in found] == ["birds.txt", "trees.txt"]
    again = add(at, "oaks.txt")
    assert (again.status_code, again.json()["document"]["name"], again.json()["job"]) == (200, "trees.txt", None)
    answer = at.post("/api/v1/asks", json={"question": "Repeat: The oak is a tree of the north."}).json()
    assert answer["citations"][0]["document"] == "trees.txt"


def test_documents_are_listed_in_pages(at: httpx.Client, tmp_path: Path) -> None:
    first = at.get("/api/v1/documents?limit=1").json()
    rest = at.get("/api/v1/documents", params={"cursor": first["next_cursor"]}).json()
    assert [each["name"] for each in first["documents"] + rest["documents"]] == ["fees.txt", "birds.txt"]
    assert rest["next_cursor"] is None
    assert at.get("/api/v1/documents?cursor=x").status_code == 400
    for place in ('"/', str(tmp_path)):
        assert place not in at.get("/api/v1/documents").text, "where a document lies is nobody's business"


def test_a_document_is_moved_and_removed_and_an_uploaded_file_goes_with_it(
    at: httpx.Client, services: Services
) -> None:
    path = f"/api/v1/documents/{id_of(at, 'fees.txt')}"
    assert at.patch(path, json={"collection": " money "}).json()["collection"] == "money"
    assert at.delete(path).status_code == 204
    assert at.get(path).status_code == 404
    assert [document.name for document in services.library.documents("")] == ["birds.txt"]
    add(at, "../../trees.txt")
    stored = services.settings.library / "files" / "trees.txt"
    assert stored.read_bytes() == TREES
    at.delete(f"/api/v1/documents/{id_of(at, 'trees.txt')}")
    assert not stored.exists()


def test_a_key_for_reading_changes_nothing(at: httpx.Client, running: RunningApi) -> None:
    path = f"/api/v1/documents/{id_of(at, 'fees.txt')}"
    with client(running, make_key(running.backend.services, read_only=True)) as reader:
        assert reader.get(path).status_code == 200
        for refused in (reader.delete(path), reader.patch(path, json={"collection": ""}), add(reader, "a.txt")):
            assert (refused.status_code, "may only read" in refused.json()["detail"]) == (403, True)


def test_a_key_of_a_collection_reaches_that_one_only(at: httpx.Client, running: RunningApi) -> None:
    fees = f"/api/v1/documents/{id_of(at, 'fees.txt')}"
    with client(running, make_key(running.backend.services, collection="nature")) as bound:
        assert [each["name"] for each in bound.get("/api/v1/documents").json()["documents"]] == ["birds.txt"]
        assert bound.get("/api/v1/collections").json() == {"collections": [{"name": "nature", "documents": 1}]}
        for refused in (bound.get(fees), bound.delete(fees), bound.patch(fees, json={"collection": "nature"})):
            assert refused.status_code == 404
        assert add(bound, "trees.txt").status_code == 202
        assert at.get("/api/v1/documents?collection=nature").json()["documents"][1]["name"] == "trees.txt"
        assert add(bound, "a.txt", b"More words.", collection="other").status_code == 403
        birds = f"/api/v1/documents/{id_of(at, 'birds.txt')}"
        assert bound.patch(birds, json={"collection": "other"}).status_code == 403


def test_a_key_of_a_collection_replaces_no_document_of_another(at: httpx.Client, running: RunningApi) -> None:
    add(at, "plan.txt", b"The plan of all.")
    with client(running, make_key(running.backend.services, collection="nature")) as bound:
        refused = add(bound, "plan.txt", b"The plan of nature.")
        assert (refused.status_code, "under another name" in refused.json()["detail"]) == (409, True)
        assert add(bound, "copy.txt", b"The plan of all.").status_code == 409
        assert [each["name"] for each in bound.get("/api/v1/jobs").json()["jobs"]] == []
    page = at.get(f"/api/v1/documents/{id_of(at, 'plan.txt')}/pages/1").json()
    assert page["text"] == "The plan of all."


def test_a_file_of_an_unknown_ending_is_read_by_its_content(at: httpx.Client) -> None:
    assert add(at, "trees.xyz").status_code == 202
    assert [document["name"] for document in at.get("/api/v1/documents").json()["documents"]][-1] == "trees.xyz"
    job = add(at, "noise.xyz", b"\0asm\1\0\0\0").headers["location"]
    ended = at.get(job).json()
    assert (ended["state"], "not text" in ended["text"]) == ("failed", True), ended


def test_what_is_too_large_or_no_file_is_refused_and_leaves_nothing(at: httpx.Client, running: RunningApi) -> None:
    assert add(at, "a.txt", b"x" * 1_200_000).status_code == 413
    assert list(running.backend.uploads.incoming().iterdir()) == []
    assert at.post("/api/v1/documents").status_code == 422
    assert at.post("/api/v1/documents", data={"file": "no file"}).status_code == 422
    no_form = at.post("/api/v1/documents", content=b"--x", headers={"Content-Type": "multipart/form-data"})
    assert no_form.status_code == 400
