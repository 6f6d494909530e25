"""Each user writes, saves, edits, orders, exports and deletes their own notes, and nobody else's."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ingest.removal import remove_documents
from rag.exports.answer_schema import read_exports
from rag.services import Services
from tests.web.routes.conftest import SeenTurns, client, id_of, store, unrendered
from web.rendering.quote_images import QuoteImages
from web.routes.note_routes import NoteRoutes


def as_user(services: Services, user: str) -> TestClient:
    return client(NoteRoutes(services, QuoteImages(services.library, unrendered())).routes(), user)


@pytest.fixture
def ann(services: Services) -> TestClient:
    return as_user(services, "ann")


def titles(user: TestClient) -> list[str]:
    return [note["shown_title"] for note in user.get("/notes").json()["notes"]]


def test_a_note_is_written_and_edited_and_its_markup_is_inert(ann: TestClient) -> None:
    text = "**20** euros <script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    written = ann.post("/notes", json={"title": " Fees\n<b>now</b> ", "text": text})
    assert written.status_code == 201
    note = written.json()
    assert note["shown_title"] == "Fees <b>now</b>", "the page shows it as text"
    assert note["text"] == text
    assert "<strong>20</strong>" in note["text_html"]
    assert not [live for live in ("<script", "<img", "<a ") if live in note["text_html"]]
    edited = ann.patch(f"/notes/{note['id']}", json={"title": "Fee", "text": "25", "version": note["version"]})
    assert (edited.json()["text_html"], edited.json()["version"]) == ("<p>25</p>\n", 2)


def test_an_edit_of_another_tab_is_said_and_nothing_is_lost(ann: TestClient) -> None:
    note = ann.post("/notes", json={"title": "Fee", "text": "20"}).json()
    for text in ("25", "30"):
        answer = ann.patch(f"/notes/{note['id']}", json={"title": "Fee", "text": text, "version": 1})
    assert answer.status_code == 409
    assert "changed in another tab" in answer.json()["error"]
    assert (answer.json()["note"]["text"], answer.json()["note"]["version"]) == ("25", 2)
    again = {"title": "Fee", "text": "30", "version": answer.json()["note"]["version"]}
    assert ann.patch(f"/notes/{note['id']}", json=again).status_code == 200


def test_a_saved_answer_keeps_its_citations_and_quotes(ann: TestClient, talk: str) -> None:
    note = ann.post("/notes", json={"conversation": talk, "answer": 1}).json()
    assert (note["saved"], note["shown_title"]) == ("answer", "And the fee?")
    assert 'class="cw-chip"' in note["saved_html"]
    assert "The fee is 20 euros." in note["saved_html"]
    assert ann.post("/notes", json={"conversation": talk, "answer": 2}).status_code == 403
    part = ann.post("/notes", json={"conversation": talk, "answer": 1, "selection": "fee is 20"}).json()
    assert "Ravens" in note["saved_html"]
    assert "Ravens" not in part["saved_html"]
    assert 'class="cw-chip"' in part["saved_html"]
    nothing = ann.post("/notes", json={"conversation": talk, "answer": 1, "selection": "Zebras"})
    assert nothing.status_code == 400
    assert "No sentence" in nothing.json()["error"]


def test_a_quote_is_saved_from_where_it_stands(ann: TestClient, services: Services) -> None:
    id_ = id_of(services, "ann")
    note = ann.post("/notes", json={"document": id_, "page": 1, "quote": "entry  fee is\n20"}).json()
    assert (note["saved"], note["documents"], note["title"]) == ("quote", [id_], "")
    assert f'value="{id_}:1:4:19:' in note["saved_html"]
    assert "entry fee is 20" in note["saved_html"]
    shown = {"document": id_, "page": 1, "quote": "drawn otherwise", "start": 0, "end": 9}
    assert "The entry" in ann.post("/notes", json=shown).json()["saved_html"]
    for wrong in ({"quote": "Dogs bark"}, {"quote": "entry fee", "page": 9}, {"quote": "entry fee", "page": "1"}):
        assert ann.post("/notes", json={"document": id_, "page": 1} | wrong).status_code == 400
    bobs = {"document": id_of(services, "bob"), "page": 1, "quote": "Dogs bark"}
    assert ann.post("/notes", json=bobs).status_code == 403


def test_a_quote_with_signs_of_html_is_text(ann: TestClient, services: Services) -> None:
    id_ = store(services, "evil.txt", "Pay <script>alert(1)</script> now", "ann")
    note = ann.post("/notes", json={"document": id_, "page": 1, "quote": "Pay script alert 1 script now"}).json()
    assert "&lt;script&gt;" in note["saved_html"]
    assert "<script" not in note["saved_html"]


def test_what_was_saved_of_a_document_goes_with_it(ann: TestClient, services: Services) -> None:
    id_ = id_of(services, "ann")
    ann.post("/notes", json={"document": id_, "page": 1, "quote": "entry fee is 20", "text": "mine"})
    remove_documents(services, [id_])
    (note,) = ann.get("/notes").json()["notes"]
    assert "20" not in json.dumps(note["saved_html"]) + note["shown_title"]
    assert note["text"] == "mine"


def test_notes_are_ordered_and_deleted(ann: TestClient) -> None:
    ids = [ann.post("/notes", json={"text": text}).json()["id"] for text in "abc"]
    assert ann.put(f"/notes/{ids[2]}/place", json={"place": 0}).status_code == 200
    assert ann.put(f"/notes/{ids[2]}/place", json={"place": "0"}).status_code == 400
    assert titles(ann) == ["c", "a", "b"]
    assert ann.delete(f"/notes/{ids[0]}").status_code == 200
    assert titles(ann) == ["c", "b"]


@pytest.mark.parametrize(("form", "kind"), [("md", "text/markdown"), ("html", "text/html"), ("json", "application/")])
def test_notes_are_exported_in_the_formats_of_conversations(
    ann: TestClient, services: Services, talk: str, form: str, kind: str
) -> None:
    ann.post("/notes", json={"title": "Mine", "text": "Ask <b>again</b>."})
    ann.post("/notes", json={"conversation": talk, "answer": 1, "text": "Check the fee."})
    ann.post("/notes", json={"document": id_of(services, "ann"), "page": 1, "quote": "entry fee is 20 euros"})
    file = ann.get(f"/notes/file?form={form}")
    assert file.headers["content-type"].startswith(kind)
    assert file.headers["content-disposition"] == f"attachment; filename*=UTF-8''Notes.{form}"
    for said in ("Mine", "And the fee", "Check the fee", "entry fee is 20 euros"):
        assert said in file.text
    if form == "json":
        assert [answer.question for answer in read_exports(file.text, "Notes.json")][:2] == ["Mine", "And the fee?"]
    else:
        assert "<b>again</b>" not in file.text
        assert "with ." not in file.text, "no line on a model that wrote nothing"
    assert ann.get("/notes/file?form=exe").status_code == 400


def test_a_briefing_asks_about_the_chosen_notes_and_names_what_they_quote(ann: TestClient, services: Services) -> None:
    id_ = id_of(services, "ann")
    quote = ann.post("/notes", json={"document": id_, "page": 1, "quote": "entry fee is 20 euros"}).json()["id"]
    mine = ann.post("/notes", json={"title": "Dogs"}).json()["id"]
    ann.post("/notes", json={"title": "Not chosen"})
    briefing = ann.post("/notes/briefing", json={"notes": [mine, quote]}).json()
    assert "“Dogs”" in briefing["question"]
    assert "Not chosen" not in briefing["question"]
    assert briefing["documents"] == [id_]
    assert ann.post("/notes/briefing", json={"notes": []}).status_code == 400
    assert ann.post("/notes/briefing", json={"notes": 1}).status_code == 400


def test_too_long_a_note_and_too_many_are_refused(
    ann: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "at most" in ann.post("/notes", json={"text": "x" * 50_001}).json()["error"]
    monkeypatch.setattr("web.routes.note_routes._MAX_NOTES", 1)
    assert ann.post("/notes", json={"text": "x"}).status_code == 201
    assert "Delete some" in ann.post("/notes", json={"text": "y"}).json()["error"]


def test_nobody_reaches_anothers_note(ann: TestClient, services: Services, talk: str) -> None:
    id_ = ann.post("/notes", json={"title": "Secret", "text": "x"}).json()["id"]
    bob = as_user(services, "bob")
    assert titles(bob) == []
    answers = [
        bob.patch(f"/notes/{id_}", json={"title": "mine", "version": 1}),
        bob.put(f"/notes/{id_}/place", json={"place": 0}),
        bob.delete(f"/notes/{id_}"),
        bob.post("/notes", json={"conversation": talk, "answer": 1}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert bob.post("/notes/briefing", json={"notes": [id_]}).status_code == 400
    assert "Secret" not in bob.get("/notes/file?form=md").text
    assert titles(ann) == ["Secret"]


def test_an_export_waits_for_its_users_turn_at_pages(services: Services) -> None:
    turns = SeenTurns()
    ann = client(NoteRoutes(services, QuoteImages(services.library, unrendered(turns))).routes(), "ann")
    assert ann.get("/notes/file?form=html").status_code == 200
    assert turns.users == ["ann"]
