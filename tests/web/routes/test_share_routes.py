"""A share is reached by those it is shared with, as far as it is, and by nobody else on any address."""

from starlette.testclient import TestClient

from serving.ownership import shares_of
from tests.serving.sent_files import ended
from tests.web.routes.sharing_app import SECRET, SharingApp


def share(at: TestClient, user: str, role: str = "reader", collection: str = "Plans") -> int:
    sent = {"collection": collection, "user": user, "role": role}
    return at.put("/citewell/shares/collections", json=sent).status_code


def names(at: TestClient) -> list[str]:
    return [each["name"] for each in at.get("/citewell/sources").json()["documents"]]


def requests_about(document: int) -> list[tuple[str, str, dict[str, str]]]:
    """Return every address of a document of the page's own: those that read it, then those that change it."""
    page = f"/citewell/pages/{document}/1"
    reading = [page, f"{page}?start=0&end=5", f"/citewell/contents/{document}", f"/citewell/sources/{document}/facts"]
    return [
        *(("GET", address, {}) for address in reading),
        ("GET", f"{page}.png", {}),
        ("GET", f"/citewell/figures/{document}/1/0.png", {}),
        ("PATCH", f"/citewell/sources/{document}", {"collection": "Mine"}),
        ("PATCH", f"/citewell/sources/{document}/facts", {"title": "Mine"}),
        ("POST", f"/citewell/sources/{document}/refresh", {}),
        ("DELETE", f"/citewell/sources/{document}", {}),
    ]


def test_a_third_user_reaches_nothing_that_is_shared_with_another(app: SharingApp) -> None:
    ann, bob, eve = (app.as_user(name) for name in ("ann", "bob", "eve"))
    document = app.document("ann")
    assert share(ann, "bob", "editor") == 200
    assert share(eve, "eve") == 400
    assert share(eve, "bob") == 400, "eve has no such collection"
    for method, address, body in requests_about(document):
        refused = eve.request(method, address, json=body)
        assert refused.status_code == 403, address
        assert "not among your sources" in refused.text
        assert "marzipan" not in refused.text
        assert app.stranger().request(method, address, json=body).status_code == 401
    sent = eve.post("/citewell/shares/uploads?owner=ann&collection=Plans&name=x.txt", content=b"Text.")
    assert sent.status_code == 403
    assert (names(ann), names(bob), names(eve)) == (["secret.txt"], ["secret.txt"], [])
    assert eve.get("/citewell/shares").json()["with_me"] == {"collections": [], "conversations": []}
    eve.request("DELETE", "/citewell/shares/collections", json={"collection": "Plans", "user": "bob"})
    assert names(bob) == ["secret.txt"], "nobody withdraws what is another's"


def test_a_reader_of_a_collection_reads_and_changes_nothing(app: SharingApp) -> None:
    ann, bob = app.as_user("ann"), app.as_user("bob")
    document, private = app.document("ann"), app.document("ann", "private.txt", collection="")
    assert bob.get(f"/citewell/pages/{document}/1").status_code == 403
    assert share(ann, "BOB ") == 200, "names are compared without case"
    (listed,) = bob.get("/citewell/sources").json()["documents"]
    assert (listed["owner"], listed["fixed"], listed["collection"]) == ("ann", True, "Plans")
    assert bob.get(f"/citewell/pages/{document}/1").json()["text"] == SECRET
    assert bob.get(f"/citewell/pages/{private}/1").status_code == 403
    for method, address, body in requests_about(document)[6:]:
        assert bob.request(method, address, json=body).status_code == 403, address
    sent = bob.post("/citewell/shares/uploads?owner=ann&collection=Plans&name=x.txt", content=b"Text.")
    assert (sent.status_code, "as an editor" in sent.text) == (403, True)
    ann.request("DELETE", "/citewell/shares/collections", json={"collection": "Plans", "user": "bob"})
    assert (names(bob), bob.get(f"/citewell/pages/{document}/1").status_code) == ([], 403)


def test_an_editor_adds_to_the_collection_and_removes_from_it(app: SharingApp) -> None:
    ann, bob = app.as_user("ann"), app.as_user("bob")
    document = app.document("ann")
    share(ann, "bob", "editor")
    sent = bob.post("/citewell/shares/uploads?owner=ann&collection=Plans&name=more.txt", content=b"More good text.")
    assert sent.status_code == 202
    (upload,) = app.uploads.of("bob")
    assert ended(app.uploads, upload).state == "ready"
    assert app.uploads.of("ann") == []
    assert names(bob) == names(ann) == ["more.txt", "secret.txt"]
    (added,) = [each for each in app.services.library.documents("ann") if each.name == "more.txt"]
    assert (added.owner, added.collection) == ("ann", "Plans")
    assert bob.patch(f"/citewell/sources/{document}", json={"collection": ""}).status_code == 403, "the owner moves it"
    assert bob.delete(f"/citewell/sources/{document}").status_code == 200
    assert names(ann) == ["more.txt"]


def test_an_editor_changes_nothing_of_the_owners_outside_the_collection(app: SharingApp) -> None:
    ann, bob = app.as_user("ann"), app.as_user("bob")
    app.document("ann")
    ann.post("/citewell/uploads?name=diary.txt", content=b"Dear diary.")
    (upload,) = app.uploads.of("ann")
    assert ended(app.uploads, upload).state == "ready"
    share(ann, "bob", "editor")
    to = "/citewell/shares/uploads?owner=ann&collection=Plans"
    same_name = bob.post(f"{to}&name=diary.txt", content=b"Bob was here.")
    same_text = bob.post(f"{to}&name=other.txt", content=b"Dear diary.")
    assert (same_name.json()["state"], same_text.json()["state"]) == ("failed", "failed")
    (diary,) = [each for each in app.services.library.documents("ann") if each.name == "diary.txt"]
    assert (diary.collection, diary.also) == ("", ())
    assert "diary.txt" not in names(bob)
    for whose, collection in (("ann", ""), ("ann", "Other"), ("zoe", "Plans"), ("", "Plans")):
        sent = bob.post(f"/citewell/shares/uploads?owner={whose}&collection={collection}&name=a.txt", content=b"A.")
        assert sent.status_code == 403, (whose, collection)
    assert list(app.uploads.incoming().iterdir()) == []


def test_a_collection_that_was_emptied_is_not_shared_any_more(app: SharingApp) -> None:
    ann, bob = app.as_user("ann"), app.as_user("bob")
    document = app.document("ann")
    share(ann, "bob")
    ann.delete(f"/citewell/sources/{document}")
    assert names(bob) == []
    app.document("ann", "later.txt")
    assert names(bob) == [], "one begun later under the same name is another"
    assert ann.get("/citewell/shares").json()["collections"] == []


def test_a_removed_document_leaves_the_answers_of_those_it_was_shared_with(app: SharingApp) -> None:
    ann = app.as_user("ann")
    document = app.document("ann")
    own = app.document("bob", "own.txt", "The lake is deep.")
    talk, other = app.conversation("bob", document), app.conversation("bob", own, text="The lake is deep.")
    ann.delete(f"/citewell/sources/{document}")
    (exchange,) = app.services.conversations.exchanges(talk, "bob")
    assert "marzipan" not in str(exchange.record)
    (kept,) = app.services.conversations.exchanges(other, "bob")
    assert "The lake is deep." in str(kept.record)


def test_names_of_any_script_are_shared_with(app: SharingApp) -> None:
    app.document("ann")
    ann = app.as_user("ann")
    for name in ("Ünal", "Ольга", "علي", "अनुज", "明美", "지우", "สมชาย", "Ελένη", "שרה"):
        other = app.as_user(name)
        assert share(ann, name.upper()) == 200
        assert names(other) == ["secret.txt"]


def test_what_cannot_be_shared_is_refused_in_a_sentence(app: SharingApp) -> None:
    ann, bob = app.as_user("ann"), app.as_user("bob")
    app.document("ann")
    for user, role, collection, said in (
        ("zoe", "reader", "Plans", "There is no user 'zoe'"),
        ("ann", "reader", "Plans", "your own name"),
        ("bob", "owner", "Plans", "Choose whether they may read"),
        ("bob", "reader", "Nothing", "Only a collection of your own"),
        ("bob", "reader", "", "Only a collection of your own"),
    ):
        sent = {"collection": collection, "user": user, "role": role}
        refused = ann.put("/citewell/shares/collections", json=sent)
        assert (refused.status_code, said in refused.text) == (400, True), refused.text
    assert names(bob) == []


def test_a_readers_account_adds_and_shares_no_documents(app: SharingApp) -> None:
    app.as_user("ann")
    bob = app.as_user("bob")
    document = app.document("bob", "bobs.txt")
    app.users.set_role("bob", "reader")
    for method, address, body in requests_about(document)[6:]:
        assert bob.request(method, address, json=body).status_code == 403, address
    assert bob.post("/citewell/uploads?name=a.txt", content=b"Text.").status_code == 403
    assert bob.post("/citewell/uploads/pages", json={"address": "example.org"}).status_code == 403
    assert share(bob, "ann") == 403
    assert bob.get(f"/citewell/pages/{document}/1").status_code == 200, "what is theirs they still read"


def test_what_is_shared_is_listed_and_ends_with_the_account(app: SharingApp) -> None:
    ann, bob = app.as_user("ann"), app.as_user("bob")
    talk = app.conversation("ann", app.document("ann"))
    share(ann, "bob", "editor")
    assert ann.put("/citewell/shares/conversations", json={"conversation": talk, "user": "bob"}).status_code == 200
    made = ann.post("/citewell/shares/links", json={"conversation": talk, "days": 7}).json()
    listed = ann.get("/citewell/shares").json()
    assert listed["collections"] == [{"collection": "Plans", "user": "bob", "role": "editor"}]
    assert listed["conversations"] == [{"id": talk, "name": "The word?", "user": "bob"}]
    (link,) = listed["links"]
    assert (link["id"], link["name"]) == (talk, "The word?")
    assert link["link"]
    assert link["until"]
    token = made["address"].removeprefix("shared/")
    assert token not in str(listed)
    assert token.encode() not in shares_of(app.services).path.read_bytes()
    assert bob.get("/citewell/shares").json()["with_me"] == {
        "collections": [{"collection": "Plans", "owner": "ann", "role": "editor"}],
        "conversations": [{"id": talk, "name": "The word?", "owner": "ann"}],
    }
    shares_of(app.services).forget_user("bob")
    assert (names(bob), bob.get(f"/citewell/shared/{talk}").status_code) == ([], 404)


def test_ordinary_mistakes_are_explained_in_the_language_of_the_page(app: SharingApp) -> None:
    ann = app.as_user("ann")
    ann.headers["accept-language"] = "de"
    app.document("ann")
    shared = ann.put("/citewell/shares/collections", json={"collection": "Plans", "user": "bbo", "role": "reader"})
    assert shared.json()["error"].startswith("Hier gibt es keinen Benutzer „bbo“.")
    notes = [ann.post("/citewell/notes", json={"title": f"Note {n}"}).json()["id"] for n in range(7)]
    briefing = ann.post("/citewell/notes/briefing", json={"notes": notes})
    assert briefing.json()["error"].startswith("Ein Briefing wird über 1 bis 6 Notizen geschrieben.")
    checked = ann.post("/citewell/settings", json={"settings": {"temperature": 99}}).json()
    assert checked["problems"]["temperature"].startswith("Die Einstellung „temperature“ ist 99.0; sie muss zwischen")
