"""The page counts what users have, and says what fails without the names of other users' files."""

from tests.serving.uploading.sent_files import ended
from tests.web.routes.sharing_app import SharingApp
from web.page_language import in_language
from web.routes.admin_overview import AdminOverview


def test_accounts_have_their_documents_and_conversations_counted(app: SharingApp) -> None:
    app.as_user("bob")
    app.conversation("bob", app.document("bob"))
    app.users.add_from_elsewhere("eve", "https://issuer eve", "reader")
    shown = AdminOverview(app.services, app.users, app.login.sessions).values("ann")["users"]
    counted = [(each["name"], each["role"], each["has_password"], each["documents"]) for each in shown]
    assert counted == [("ann", "owner", True, 0), ("bob", "editor", True, 1), ("eve", "reader", False, 0)]
    assert [each["conversations"] for each in shown] == [0, 1, 0]


def test_what_failed_is_listed_without_the_names_of_others_files(app: SharingApp) -> None:
    for name in ("ann", "bob"):
        at = app.as_user(name)
        at.post("/citewell/uploads?name=diary-of-1999.pdf", content=b"%PDF-1.4 and nothing after it")
        (upload,) = app.uploads.of(name)
        assert ended(app.uploads, upload).state == "failed"
    failures = AdminOverview(app.services, app.users, app.login.sessions).values("ann")["failures"]
    assert sorted((each["user"], each["file"]) for each in failures) == [
        ("ann", "diary-of-1999.pdf"),
        ("bob", "a file .pdf"),
    ]
    (bobs,) = [each for each in failures if each["user"] == "bob"]
    assert bobs["reason"]
    assert "diary" not in str(bobs)
    with in_language("de"):
        translated = AdminOverview(app.services, app.users, app.login.sessions).values("ann")["failures"]
    assert "eine Datei .pdf" in [each["file"] for each in translated]
    assert not {each["reason"] for each in failures} & {each["reason"] for each in translated}
