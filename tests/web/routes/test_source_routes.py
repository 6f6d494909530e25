"""The sources pane lists, receives, moves and removes a user's own files, whatever their names say."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rag.services import Services
from serving.upload_progress import LOCKED, Upload
from serving.uploads import Uploads
from tests.ingest.web.site_server import page, serving_site
from tests.serving.sent_files import ended
from tests.web.routes.conftest import client, id_of, store
from web.idle_refresh import BackgroundRefresh
from web.page_language import in_language
from web.routes.source_routes import MAX_MANY, SAMPLE, SourceRoutes, describe_progress, upload_shown


@pytest.fixture
def ann(services: Services, uploads: Uploads, refresh: BackgroundRefresh) -> TestClient:
    return client(SourceRoutes(services, uploads, refresh).routes(), "ann")


def test_each_user_sees_their_own_sources(ann: TestClient, uploads: Uploads) -> None:
    uploads.reject("bob", "b.txt", "too large")
    listed = ann.get("/sources").json()
    assert [document["name"] for document in listed["documents"]] == ["anns.txt"]
    assert (listed["uploads"], listed["largest"]) == ([], 1_000_000)


def test_a_source_is_listed_with_what_it_is(ann: TestClient, services: Services) -> None:
    facts = {"title": "Fees", "organisation": "Museum", "period": "2015–2016", "kind": "report", "language": "en"}
    services.library.edit_facts(id_of(services, "ann"), facts)
    (listed,) = ann.get("/sources").json()["documents"]
    assert listed["about"] == "Museum · Fees · 2015–2016 · report · English"
    assert (listed["kind"], listed["years"], listed["language"]) == ("report", [2015, 2016], "English")
    assert ann.get("/sources").json()["refresh"] == ""


def test_facts_are_shown_corrected_and_taken_back(ann: TestClient, services: Services) -> None:
    path = f"/sources/{id_of(services, 'ann')}/facts"
    assert ann.patch(path, json={"title": " Entry fees ", "kind": "Reports"}).status_code == 200
    shown = ann.get(path).json()
    assert (shown["facts"]["title"], shown["facts"]["kind"]) == ("Entry fees", "report")
    assert shown["edited"] == ["kind", "title"]
    assert "contract" in shown["kinds"]
    ann.patch(path, json={"title": None, "kind": None})
    assert ann.get(path).json()["edited"] == []


def test_nobody_sees_or_corrects_anothers_document(ann: TestClient, services: Services) -> None:
    path = f"/sources/{id_of(services, 'bob')}/facts"
    assert ann.get(path).status_code == 403
    assert ann.patch(path, json={"title": "x"}).status_code == 403


@pytest.mark.parametrize(
    "entered", [{"date": "yesterday"}, {"address": "https://a"}, {"title": 3}, {"title": "x" * 301}]
)
def test_what_cannot_be_a_fact_is_refused_in_words(ann: TestClient, services: Services, entered: object) -> None:
    refused = ann.patch(f"/sources/{id_of(services, 'ann')}/facts", json=entered)
    assert 400 <= refused.status_code < 500
    assert services.library.facts() == {}


def test_a_source_is_moved_and_removed_by_its_owner_only(ann: TestClient, services: Services) -> None:
    bobs, anns = id_of(services, "bob"), id_of(services, "ann")
    assert ann.patch(f"/sources/{bobs}", json={"collection": "x"}).status_code == 403
    assert ann.delete(f"/sources/{bobs}").status_code == 403
    assert ann.patch(f"/sources/{anns}", json={"collection": " Fees "}).status_code == 200
    assert ann.get("/sources").json()["documents"][0]["collection"] == "Fees"
    assert ann.delete(f"/sources/{anns}").status_code == 200
    assert ann.get("/sources").json()["documents"] == []
    assert id_of(services, "bob") == bobs


def test_several_sources_are_moved_and_removed_in_one_request(ann: TestClient, services: Services) -> None:
    ids = [id_of(services, "ann"), store(services, "b.txt", "Cats purr.", "ann")]
    assert ann.patch("/sources", json={"ids": [*ids, 999], "collection": " Pets "}).status_code == 200
    assert [each["collection"] for each in ann.get("/sources").json()["documents"]] == ["Pets", "Pets"]
    bobs = id_of(services, "bob")
    assert ann.request("DELETE", "/sources", json={"ids": [*ids, bobs]}).status_code == 200
    assert ann.get("/sources").json()["documents"] == []
    assert id_of(services, "bob") == bobs


@pytest.mark.parametrize("ids", [None, "1", [1, "2"], [True], [1.5], list(range(MAX_MANY + 1))])
def test_what_is_no_list_of_ids_or_too_long_changes_nothing(ann: TestClient, services: Services, ids: object) -> None:
    for method in ("DELETE", "PATCH"):
        refused = ann.request(method, "/sources", json={"ids": ids, "collection": "x"})
        assert (refused.status_code, "documents" in refused.json()["error"]) == (400, True)
    (document,) = services.library.documents("ann")
    assert document.collection == ""


def test_documents_that_are_known_already_are_not_sent_again(ann: TestClient, services: Services) -> None:
    tag = ann.get("/sources").json()["tag"]
    again = ann.get(f"/sources?known={tag}").json()
    assert (again["documents"], again["tag"], again["largest"]) == (None, tag, 1_000_000)
    services.library.move(id_of(services, "ann"), "Fees")
    changed = ann.get(f"/sources?known={tag}").json()
    assert [each["collection"] for each in changed["documents"]] == ["Fees"]
    assert changed["tag"] != tag


def test_all_that_a_user_has_sent_is_cancelled_at_once(ann: TestClient, uploads: Uploads) -> None:
    text = "\n\n".join(f"Line {n} says that {n} is a number." for n in range(20_000)).encode()
    for name in ("a.txt", "b.txt"):
        ann.post(f"/uploads?name={name}", content=text)
    assert ann.delete("/uploads/all").status_code == 202
    assert [ended(uploads, each).text for each in uploads.of("ann")] == ["it was cancelled"] * 2


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


def test_nobody_unlocks_anothers_upload(ann: TestClient, uploads: Uploads) -> None:
    upload = uploads.reject("bob", "b.pdf", "too large")
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
    upload = Upload(id=1, owner="", sender="", name="a.pdf", state="working", stage=stage, done=done, total=total)
    assert describe_progress(upload) == said


def test_progress_and_reasons_are_in_the_language_of_the_page() -> None:
    upload = Upload(id=1, owner="", sender="", name="a.pdf", state="working", stage="fetching", done=1500)
    locked = Upload(id=1, owner="", sender="", name="a.pdf", state="locked", text=LOCKED)
    with in_language("de"):
        assert describe_progress(upload) == "wird abgerufen: 1,5 MB"
        assert str(upload_shown(locked)["text"]).startswith("sie ist verschlüsselt")
    assert describe_progress(upload) == "fetching 1.5 MB"


def test_files_of_a_dropped_folder_are_two_sources(ann: TestClient, uploads: Uploads, services: Services) -> None:
    for year in ("2018", "2019"):
        ann.post(f"/uploads?name=a.txt&folder=reports/{year}", content=f"Text of {year}.".encode())
    assert [ended(uploads, upload).state for upload in uploads.of("ann")] == ["ready", "ready"]
    names = [document["name"] for document in ann.get("/sources").json()["documents"]]
    assert names == ["anns.txt", "reports/2018/a.txt", "reports/2019/a.txt"]
    stored = uploads.file_of("ann", "reports/2018/a.txt")
    assert stored.read_bytes() == b"Text of 2018."
    (removed,) = [each for each in services.library.documents("ann") if each.name == "reports/2018/a.txt"]
    ann.delete(f"/sources/{removed.id}")
    assert not stored.exists()
    assert uploads.file_of("ann", "reports/2019/a.txt").exists()


def added(ann: TestClient, uploads: Uploads, address: str) -> Upload:
    """Add a page, and return what became of it."""
    sent = ann.post("/uploads/pages", json={"address": address})
    return ended(uploads, next(each for each in uploads.of("ann") if each.id == sent.json()["id"]))


def test_a_web_page_is_added_refreshed_and_removed_with_its_copy(
    ann: TestClient, uploads: Uploads, services: Services
) -> None:
    with serving_site() as site:
        address = site.add("/a", page("The birch is white."))
        assert added(ann, uploads, f" {address}#top ").state == "ready"
        (listed,) = [each for each in ann.get("/sources").json()["documents"] if each.get("address")]
        assert (listed["address"], listed["name"]) == (address, f"{site.host}/a")
        site.add("/a", page("The birch is black."))
        refreshed = ann.post(f"/sources/{listed['id']}/refresh")
        assert refreshed.status_code == 202
        assert "replaces" in ended(uploads, uploads.of("ann")[-1]).text
    copies = services.settings.library / "web_pages"
    assert [each.read_bytes() for each in copies.rglob("*.html")] == [page("The birch is black.")]
    (document,) = [each for each in services.library.documents("ann") if each.source == address]
    ann.delete(f"/sources/{document.id}")
    assert [each.name for each in copies.rglob("*") if each.is_file()] == [".lock"]


def test_what_is_no_page_fails_in_words_and_repeats_no_password(ann: TestClient, uploads: Uploads) -> None:
    for address, reason in {
        "https://ann:s3cret@example.org/": "user name or password",
        "http://10.0.0.1/": "private network",
        "file:///etc/passwd": "http:// or https://",
        "": "no name of a site",
    }.items():
        failed = added(ann, uploads, address)
        assert (failed.state, reason in failed.text, "s3cret" in str(failed)) == ("failed", True, False)


def test_only_a_web_page_of_ones_own_is_refreshed(ann: TestClient, services: Services) -> None:
    assert ann.post(f"/sources/{id_of(services, 'bob')}/refresh").status_code == 403
    refused = ann.post(f"/sources/{id_of(services, 'ann')}/refresh")
    assert (refused.status_code, "is no web page" in refused.json()["error"]) == (400, True)


def test_the_sample_is_added_like_an_uploaded_file_where_there_is_one(
    ann: TestClient, uploads: Uploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ann.get("/sample").json() == {"name": SAMPLE.name}
    sent = ann.post("/sample")
    assert (sent.status_code, sent.json()["name"]) == (202, SAMPLE.name)
    assert [each.name for each in uploads.of("ann")] == [SAMPLE.name]
    assert uploads.of("bob") == []
    assert SAMPLE.is_file(), "the sample itself stays"
    monkeypatch.setattr("web.routes.source_routes.SAMPLE", tmp_path / "none.md")
    assert ann.get("/sample").json() == {"name": ""}
    refused = ann.post("/sample")
    assert (refused.status_code, "Add one of your own" in refused.json()["error"]) == (400, True)
