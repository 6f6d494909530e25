"""The audit log has what users and owners do in the app, with who and from where, and nothing of contents."""

from rag.runtime.audit_log import AuditEvent, read_events
from tests.conftest import GOOD_PASSWORD
from tests.web.routes.sharing_app import SECRET, SharingApp


def recorded(app: SharingApp) -> list[AuditEvent]:
    return [event for event in read_events(app.services.settings.audit_log) if event]


def test_signing_in_and_out_is_recorded_and_no_password_in_the_wrong_field(app: SharingApp) -> None:
    app.as_user("ann").post("/logout")
    stranger = app.stranger()
    for name in ("ann", GOOD_PASSWORD):
        stranger.post("/login", data={"name": name, "password": "wrong password"})
    stranger.post("/logout")
    events = recorded(app)
    assert [(e.action, e.actor, e.object, e.address) for e in events] == [
        ("sign-in", "ann", "ann", "testclient"),
        ("sign-out", "ann", "ann", "testclient"),
        ("sign-in-failed", "ann", "ann", "testclient"),
        ("sign-in-failed", "", "", "testclient"),
    ]


def test_shares_and_removals_are_recorded_by_id_and_user(app: SharingApp) -> None:
    ann = app.as_user("ann")
    app.as_user("bob")
    document = app.document("ann")
    conversation = app.conversation("ann", document)
    plans, talk = {"collection": "Plans", "user": "Bob"}, {"conversation": conversation, "user": "bob"}
    ann.put("/citewell/shares/collections", json={**plans, "role": "editor"})
    ann.request("DELETE", "/citewell/shares/collections", json=plans)
    ann.put("/citewell/shares/conversations", json=talk)
    ann.request("DELETE", "/citewell/shares/conversations", json=talk)
    made = ann.post("/citewell/shares/links", json={"conversation": conversation, "days": 3}).json()
    (link,) = ann.get("/citewell/shares").json()["links"]
    ann.delete(f"/citewell/shares/links/{link['link']}")
    assert ann.delete(f"/citewell/sources/{document}").status_code == 200
    shown = [(e.action, e.object, e.detail.split(" until")[0]) for e in recorded(app) if e.action != "sign-in"]
    assert shown == [
        ("collection-shared", "Plans", "with bob as editor"),
        ("collection-withdrawn", "Plans", "from bob"),
        ("conversation-shared", conversation, "with bob"),
        ("conversation-withdrawn", conversation, "from bob"),
        ("link-made", link["link"], f"to {conversation}"),
        ("link-withdrawn", link["link"], ""),
        ("document-removed", str(document), "of ann"),
    ]
    text = app.services.settings.audit_log.read_text()
    assert {e.actor for e in recorded(app) if e.action != "sign-in"} == {"ann"}
    assert not [secret for secret in (SECRET, "secret.txt", made["address"].split("/")[1]) if secret in text]


def test_what_an_owner_does_to_accounts_is_recorded(app: SharingApp) -> None:
    ann = app.as_user("ann")
    document = app.document("bob")
    for action, form in (
        ("add", {"name": "Bob", "password": GOOD_PASSWORD, "role": "reader"}),
        ("role", {"name": "bob", "role": "editor"}),
        ("role", {"name": "ann", "role": "reader"}),  # the only owner: refused
        ("password", {"name": "bob", "password": "another good one"}),
        ("end-sessions", {"name": "bob"}),
        ("remove", {"name": "bob", "documents": "remove"}),
    ):
        ann.post(f"/admin/{action}", data=form)
    assert [(e.actor, e.action, e.object, e.detail) for e in recorded(app)[1:]] == [
        ("ann", "user-added", "bob", "reader"),
        ("ann", "role-changed", "bob", "editor"),
        ("ann", "password-changed", "bob", ""),
        ("ann", "sessions-ended", "bob", ""),
        ("ann", "document-removed", str(document), "of bob"),
        ("ann", "user-erased", "bob", ""),
    ]
