"""A shared conversation is a page to read, for those it is shared with: by name, or by a link that ends."""

from datetime import UTC, datetime

from starlette.testclient import TestClient

from serving.ownership import shares_of
from serving.share import new_link
from serving.stored_answers import KeptAnswers
from tests.web.routes.sharing_app import SECRET, SharingApp, cited_answer


def link(at: TestClient, talk: str, days: object = 7) -> str:
    sent = at.post("/citewell/shares/links", json={"conversation": talk, "days": days})
    return f"/{sent.json().get('address', sent.status_code)}"


def test_a_named_user_reads_a_conversation_and_nothing_else_of_it(app: SharingApp) -> None:
    ann, bob, eve = (app.as_user(name) for name in ("ann", "bob", "eve"))
    document = app.document("ann")
    talk = app.conversation("ann", document)
    assert bob.get(f"/citewell/shared/{talk}").status_code == 404
    assert ann.put("/citewell/shares/conversations", json={"conversation": talk, "user": "bob"}).status_code == 200
    assert SECRET in bob.get(f"/citewell/shared/{talk}").text
    for other, status in ((eve, 404), (app.stranger(), 401)):
        refused = other.get(f"/citewell/shared/{talk}")
        assert refused.status_code == status
        assert "marzipan" not in refused.text
    for address in (
        f"/citewell/pages/{document}/1",
        f"/citewell/conversations/{talk}",
        f"/citewell/conversations/{talk}/file?form=html",
    ):
        assert bob.get(address).status_code == 403, address
    assert bob.patch(f"/citewell/conversations/{talk}", json={"name": "Mine"}).status_code == 403
    assert bob.delete(f"/citewell/conversations/{talk}").status_code == 403
    for other in (bob, eve):
        refused = other.put("/citewell/shares/conversations", json={"conversation": talk, "user": "eve"})
        assert refused.status_code == 403, "only its owner shares it"
        assert other.post("/citewell/shares/links", json={"conversation": talk, "days": 1}).status_code == 403
    ann.request("DELETE", "/citewell/shares/conversations", json={"conversation": talk, "user": "bob"})
    assert bob.get(f"/citewell/shared/{talk}").status_code == 404


def test_a_link_is_read_without_an_account_until_it_is_withdrawn(app: SharingApp) -> None:
    ann = app.as_user("ann")
    talk = app.conversation("ann", app.document("ann"))
    app.services.conversations.rate(talk, "ann", 1, "down", "a private remark")
    address = link(ann, talk)
    shown = app.stranger().get(address)
    assert (shown.status_code, SECRET in shown.text, "remark" in shown.text) == (200, True, False)
    assert "<h2>Dokumente</h2>" in app.stranger().get(address, headers={"accept-language": "de"}).text
    assert "noindex" in shown.headers["x-robots-tag"]
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "no-store" in shown.headers["cache-control"]
    assert "<script" not in shown.text
    assert "<a " not in shown.text
    (listed,) = ann.get("/citewell/shares").json()["links"]
    assert ann.delete(f"/citewell/shares/links/{listed['link']}").status_code == 200
    gone = app.stranger().get(address)
    assert (gone.status_code, "leads nowhere" in gone.text, "marzipan" in gone.text) == (404, True, False)


def test_a_link_opens_nothing_but_its_page(app: SharingApp) -> None:
    ann = app.as_user("ann")
    document = app.document("ann")
    address = link(ann, app.conversation("ann", document))
    at = app.stranger()
    assert at.get(address).status_code == 200
    for other in (f"/citewell/pages/{document}/1", "/citewell/sources", "/citewell/me", f"{address}/x", "/config"):
        assert at.get(other).status_code == 401, other
    assert at.post(address).status_code == 401


def test_forged_expired_and_other_tokens_are_one_refusal(app: SharingApp) -> None:
    ann = app.as_user("ann")
    talk = app.conversation("ann", app.document("ann"))
    address = link(ann, talk)
    past, token = new_link("ann", talk, 1, datetime.now(UTC))
    shares_of(app.services).add_link(
        type(past)(past.id, past.owner, past.conversation, past.created_at, past.created_at), token
    )
    stranger = app.stranger()
    pages = [stranger.get(each) for each in (f"/shared/{token}", address[:-1] + "!", f"/shared/{'A' * 43}")]
    assert [page.status_code for page in pages] == [404, 401, 404], "what has not the form of a token is no page"
    assert pages[0].text == pages[2].text
    eves = app.as_user("eve")
    (listed,) = [each for each in shares_of(app.services).links_of("ann") if each.id != past.id]
    eves.delete(f"/citewell/shares/links/{listed.id}")
    assert stranger.get(address).status_code == 200, "nobody withdraws another's link"


def test_a_link_lives_for_a_number_of_days(app: SharingApp) -> None:
    ann = app.as_user("ann")
    talk = app.conversation("ann", app.document("ann"))
    for days in (0, -1, 366, "7", None, True, 10**30):
        assert link(ann, talk, days) == "/400", days


def test_links_end_with_the_conversation_and_with_the_account(app: SharingApp) -> None:
    app.as_user("eve")
    ann = app.as_user("ann")
    first, second = (app.conversation("ann", app.document("ann", f"{n}.txt")) for n in (1, 2))
    addresses = [link(ann, first), link(ann, second)]
    assert ann.delete(f"/citewell/conversations/{first}").status_code == 200
    assert [app.stranger().get(each).status_code for each in addresses] == [404, 200]
    app.users.set_role("eve", "owner")
    app.users.remove("ann")
    assert [app.stranger().get(each).status_code for each in addresses] == [404, 404]


def test_answers_from_what_others_shared_are_not_passed_on(app: SharingApp) -> None:
    ann, bob = app.as_user("ann"), app.as_user("bob")
    own = app.document("bob", "own.txt", "The lake is deep.")
    talk = app.conversation("bob", own, text="The lake is deep.")
    address = link(bob, talk)
    assert app.stranger().get(address).status_code == 200
    document = app.document("ann")
    ann.put("/citewell/shares/collections", json={"collection": "Plans", "user": "bob", "role": "reader"})
    kept = KeptAnswers(app.services)
    answers = (*kept.answers(talk, "bob"), cited_answer(document, "secret.txt", SECRET))
    kept.append(talk, answers, {}, "bob")
    assert bob.get(f"/citewell/conversations/{talk}/file?form=md").status_code == 200, "bob himself keeps it"
    gone = app.stranger().get(address)
    assert (gone.status_code, "marzipan" in gone.text) == (404, False)
    refused = bob.post("/citewell/shares/links", json={"conversation": talk, "days": 7})
    assert (refused.status_code, "cannot be passed on" in refused.text) == (403, True)


def test_without_accounts_nothing_is_shared(app: SharingApp) -> None:
    app.services.__dict__["settings"] = app.services.settings.model_copy(update={"auth_file": None})
    ann = app.as_user("ann")
    talk = app.conversation("ann", app.document("ann"))
    refused = ann.post("/citewell/shares/links", json={"conversation": talk, "days": 7})
    assert (refused.status_code, "needs accounts" in refused.text) == (400, True)
