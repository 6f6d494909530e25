"""The admin page is for owners, from Citewell's own page, and works without scripts."""

import re
from urllib.parse import urljoin

from starlette.testclient import TestClient

from api.key_store import KeyStore
from tests.conftest import GOOD_PASSWORD
from tests.serving.sent_files import ended
from tests.support.servers.api_server import make_key
from tests.web.routes.sharing_app import SharingApp

ACTIONS = ("add", "password", "role", "remove", "end-session", "end-sessions", "revoke")


def send(at: TestClient, action: str, **form: str) -> int:
    return at.post(f"/admin/{action}", data=form).status_code


def test_only_owners_reach_the_page_and_its_forms(app: SharingApp) -> None:
    ann, bob = app.as_user("ann"), app.as_user("bob")
    assert ann.get("/admin").status_code == 200
    for at, expected in ((bob, 403), (app.stranger(), 401)):
        assert at.get("/admin/remove?name=ann").status_code == expected
        for action in ACTIONS:
            form = {"name": "ann", "role": "reader", "password": GOOD_PASSWORD, "documents": "remove"}
            assert send(at, action, **form) == expected, action
    assert bob.get("/admin").status_code == 403
    assert app.stranger().get("/admin").headers["location"] == "login"
    assert app.users.role("ann") == "owner"


def test_forms_of_other_pages_are_refused(app: SharingApp) -> None:
    ann = app.as_user("ann")
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        sent = ann.post("/admin/add", data={"name": "eve", "password": GOOD_PASSWORD, "role": "owner"}, headers=headers)
        assert sent.status_code == 403
    assert app.users.names() == ["ann"]


def test_an_owner_adds_users_resets_passwords_and_sets_roles(app: SharingApp) -> None:
    ann = app.as_user("ann")
    assert send(ann, "add", name="Bob", password=GOOD_PASSWORD, role="reader") == 303
    bob = app.as_user("bob")
    assert app.users.role("bob") == "reader"
    assert send(ann, "role", name="bob", role="editor") == 303
    assert app.users.role("bob") == "editor"
    assert bob.get("/citewell/me").json() == {"user": "bob", "role": "editor"}, "without signing in again"
    assert send(ann, "password", name="bob", password="another good one") == 303
    assert bob.get("/citewell/me").status_code == 401
    for action, form, said in (
        ("add", {"name": "bob", "password": GOOD_PASSWORD, "role": "editor"}, "already"),
        ("add", {"name": "a b", "password": GOOD_PASSWORD, "role": "editor"}, "cannot be a user"),
        ("add", {"name": "eve", "password": "short", "role": "editor"}, "10 to 1000 characters"),
        ("add", {"name": "eve", "password": GOOD_PASSWORD, "role": "king"}, "A role is one of"),
        ("role", {"name": "ann", "role": "editor"}, "the only owner"),
        ("role", {"name": "zoe", "role": "editor"}, "There is no user"),
        ("remove", {"name": "bob"}, "what is to become"),
        ("nothing", {}, "no such form"),
    ):
        refused = ann.post(f"/admin/{action}", data=form)
        assert (refused.status_code, said in refused.text) == (400, True), (action, form)
        assert 'role="alert"' in refused.text


def test_after_a_refusal_every_form_and_link_works_and_what_was_typed_is_kept(app: SharingApp) -> None:
    ann = app.as_user("ann")
    make_key(app.services, "script", owner="ann")
    shown = ann.get("/admin")
    refused = ann.post("/admin/add", data={"name": "a b", "password": GOOD_PASSWORD, "role": "reader"})
    assert refused.status_code == 400
    for page in (shown, refused):
        to = {urljoin(page.url.path, path) for path in re.findall(r'(?:action|href)="([^"]*)"', page.text)}
        assert to == {"/", *(f"/admin/{action}" for action in ACTIONS)}
    assert 'value="a b"' in refused.text
    assert '<option value="reader" selected>' in refused.text.partition('action="../admin/add"')[2]
    assert GOOD_PASSWORD not in refused.text
    other = ann.post("/admin/role", data={"name": "ann", "role": "reader"})
    assert '<option value="editor" selected>' in other.text.partition('action="../admin/add"')[2]


def test_a_removed_user_is_out_and_leaves_documents_or_nothing(app: SharingApp) -> None:
    ann = app.as_user("ann")
    bob, eve = app.as_user("bob"), app.as_user("eve")
    for name in ("bob", "eve"):
        app.conversation(name, app.document(name, f"{name}.txt"))
        make_key(app.services, f"{name}s", owner=name)
    sent = {"collection": "Plans", "user": "ann", "role": "reader"}
    assert bob.put("/citewell/shares/collections", json=sent).status_code == 200
    confirmation = ann.get("/admin/remove?name=bob").text
    assert "Their 1 document and" in confirmation
    assert send(ann, "remove", name="bob", documents="keep") == 303
    assert send(ann, "remove", name="eve", documents="remove") == 303
    assert [each.get("/citewell/me").status_code for each in (bob, eve)] == [401, 401]
    library, conversations = app.services.library, app.services.conversations
    assert [len(library.documents(name)) for name in ("bob", "eve")] == [1, 0]
    assert [len(conversations.conversations(name)) for name in ("bob", "eve")] == [1, 0]
    assert KeyStore(app.services.settings.library).all() == []
    assert ann.get("/citewell/sources").json()["documents"] == [], "what bob shared is withdrawn"


def test_of_two_owners_who_remove_each_other_one_stays(app: SharingApp) -> None:
    ann, bob = app.as_user("ann"), app.as_user("bob")
    app.users.set_role("bob", "owner")
    assert send(ann, "remove", name="bob", documents="keep") == 303
    assert send(bob, "remove", name="ann", documents="keep") == 401
    assert app.users.names() == ["ann"]
    assert send(ann, "remove", name="ann", documents="keep") == 400, "one owner stays"


def test_sessions_are_listed_and_ended(app: SharingApp) -> None:
    ann, bob, again = app.as_user("ann"), app.as_user("bob"), app.as_user("bob")
    shown = app.login.sessions.all()
    assert sorted(each.user for each in shown) == ["ann", "bob", "bob"]
    assert ann.cookies["citewell-7860"] not in ann.get("/admin").text
    first = next(each for each in shown if each.user == "bob")
    assert send(ann, "end-session", id=first.id) == 303
    assert sorted(each.get("/citewell/me").status_code for each in (bob, again)) == [200, 401]
    assert send(ann, "end-sessions", name="bob") == 303
    assert [each.get("/citewell/me").status_code for each in (bob, again)] == [401, 401]
    assert ann.get("/citewell/me").status_code == 200


def test_keys_are_listed_and_revoked(app: SharingApp) -> None:
    ann = app.as_user("ann")
    text = make_key(app.services, "script <b>", owner="ann")
    page = ann.get("/admin").text
    assert "script &lt;b&gt;" in page
    assert text not in page
    assert send(ann, "revoke", key="script <b>") == 303
    assert KeyStore(app.services.settings.library).all() == []


def failures(page: str) -> list[tuple[str, str, str]]:
    """Return the file, the user and the reason of each failure that the page tells of."""
    table = page.partition('id="failures"')[2]
    return re.findall(r'<tr><th scope="row" dir="auto">(.*?)</th><td dir="auto">(.*?)</td><td>(.*?)</td>', table)


def test_the_page_counts_what_users_have_and_names_no_file_of_others(app: SharingApp) -> None:
    at = {name: app.as_user(name) for name in ("ann", "bob")}
    app.conversation("bob", app.document("bob"))
    app.users.add_from_elsewhere("eve", "https://issuer eve", "reader")
    for name in at:
        at[name].post("/citewell/uploads?name=diary-of-1999.pdf", content=b"%PDF-1.4 and nothing after it")
        (upload,) = app.uploads.of(name)
        assert ended(app.uploads, upload).state == "failed"
    page = at["ann"].get("/admin").text
    accounts = page.partition('id="sessions"')[0]
    row = (
        r'<th scope="row" dir="auto">(\w+)</th>.*?value="(\w+)" selected.*?<td>(\d+)</td><td>[\d.]+</td><td>(\d+)</td>'
    )
    counted = [("ann", "owner", "0", "0"), ("bob", "editor", "1", "1"), ("eve", "reader", "0", "0")]
    assert re.findall(row, accounts, re.DOTALL) == counted
    assert (accounts.count("admin/password"), accounts.count("signs in elsewhere")) == (2, 1)
    found = failures(page)
    assert sorted(each[:2] for each in found) == [("a file .pdf", "bob"), ("diary-of-1999.pdf", "ann")]
    assert page.count("diary") == 1 + sum("diary" in reason for _, user, reason in found if user == "ann")
    translated = failures(at["ann"].get("/admin", headers={"accept-language": "de"}).text)
    assert "eine Datei .pdf" in [file for file, _, _ in translated]
    assert not {reason for _, _, reason in found} & {reason for _, _, reason in translated}
