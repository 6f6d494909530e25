"""Each user lists, renames, rates, exports and deletes their own conversations, and nobody else's."""

import pytest
from starlette.testclient import TestClient

from rag.services import Services
from tests.support.fakes import ScriptedGenerator
from tests.web.routes.conftest import client, id_of, store, unrendered
from web.chat.answer_jobs import AnswerJobs
from web.chat.history import ChatHistory
from web.chat.state import Conversation
from web.rendering.quote_images import QuoteImages
from web.routes.conversation_routes import ConversationRoutes


def as_user(services: Services, user: str) -> TestClient:
    images = QuoteImages(services.library, unrendered())
    return client(ConversationRoutes(services, images, AnswerJobs()).routes(), user)


@pytest.fixture
def ann(services: Services) -> TestClient:
    return as_user(services, "ann")


def test_conversations_are_listed_and_found_by_their_text(ann: TestClient, services: Services, talk: str) -> None:
    services.conversations.create("ann", "Without an answer")
    lost = services.conversations.create("ann", "Lost").id
    services.conversations.open_question(lost, "ann", "The word?", -1)
    unanswered, listed = ann.get("/conversations").json()["conversations"]
    assert (unanswered["id"], unanswered["answers"]) == (lost, 0), "a question that was lost is listed"
    assert (listed["id"], listed["name"], listed["answers"], listed["running"]) == (talk, "The fee?", 1, False)
    assert len(ann.get("/conversations?text=20 euros").json()["conversations"]) == 1
    assert ann.get("/conversations?text=zebra").json()["conversations"] == []


def test_a_conversation_is_renamed_rated_and_deleted(ann: TestClient, services: Services, talk: str) -> None:
    assert ann.patch(f"/conversations/{talk}", json={"name": " Fees "}).status_code == 200
    assert ann.patch(f"/conversations/{talk}", json={"name": " "}).status_code == 400
    assert ann.patch(f"/conversations/{talk}/answers/1", json={"thumb": "down", "remark": "25"}).status_code == 200
    assert ann.patch(f"/conversations/{talk}/answers/2", json={"thumb": "down"}).status_code == 403
    (exchange,) = services.conversations.exchanges(talk, "ann")
    assert (exchange.thumb, exchange.remark) == ("down", "25")
    assert ann.get("/conversations").json()["conversations"][0]["name"] == "Fees"
    assert ann.delete(f"/conversations/{talk}").status_code == 200
    assert ann.get("/conversations").json()["conversations"] == []


def test_choices_are_stored_and_only_own_documents_come_back(ann: TestClient, services: Services, talk: str) -> None:
    anns, bobs = id_of(services, "ann"), id_of(services, "bob")
    assert ann.put(f"/conversations/{talk}/excluded", json={"excluded": [anns, bobs]}).status_code == 200
    assert ann.put(f"/conversations/{talk}/excluded", json={"excluded": ["1"]}).status_code == 400
    sent = {"settings": {"top_k": 7, "max_new_tokens": 0}, "conversation": talk}
    assert list(ann.post("/settings", json=sent).json()["problems"]) == ["max_new_tokens"]
    assert ann.get(f"/conversations/{talk}").json() == {"settings": {"top_k": 7}, "excluded": [anns]}


@pytest.mark.parametrize(("form", "kind"), [("md", "text/markdown"), ("html", "text/html"), ("json", "application/")])
def test_a_conversation_is_exported(ann: TestClient, talk: str, form: str, kind: str) -> None:
    file = ann.get(f"/conversations/{talk}/file?form={form}")
    assert file.headers["content-type"].startswith(kind)
    assert file.headers["content-disposition"] == f"attachment; filename*=UTF-8''The-fee.{form}"
    assert "20 euros" in file.text
    assert ann.get(f"/conversations/{talk}/file?form=exe").status_code == 400


def test_the_quotes_of_each_answer_can_be_had(ann: TestClient, talk: str) -> None:
    html = ann.get(f"/conversations/{talk}/answers/1/quotes").json()["html"]
    assert "Quotes of an earlier answer" in html
    assert "The fee is 20 euros." in html
    assert [ann.get(f"/conversations/{talk}/answers/{n}/quotes").status_code for n in (0, 2)] == [403, 403]


def test_nobody_reaches_anothers_conversation(services: Services, talk: str) -> None:
    bob = as_user(services, "bob")
    one = f"/conversations/{talk}"
    assert bob.get("/conversations").json()["conversations"] == []
    answers = [bob.get(one), bob.get(f"{one}/file?form=md"), bob.patch(one, json={"name": "x"}), bob.delete(one)]
    answers += [bob.get(f"{one}/answers/1/quotes"), bob.patch(f"{one}/answers/1", json={"thumb": "up"})]
    answers.append(bob.put(f"{one}/excluded", json={"excluded": []}))
    assert [answer.status_code for answer in answers] == [403] * 7
    bob.post("/settings", json={"settings": {"top_k": 7}, "conversation": talk})
    found = services.conversations.find(talk, "ann")
    assert found is not None
    assert (found.name, dict(found.settings)) == ("The fee?", {})


def found(services: Services, text: str, user: str = "ann") -> tuple[list[str], list[str]]:
    answer = as_user(services, user).get("/find", params={"text": text}).json()
    talks, notes = ([each["name"] for each in answer[kind]] for kind in ("conversations", "notes"))
    return talks, notes


def test_a_text_finds_conversations_and_notes_that_have_it(services: Services) -> None:
    services.__dict__.update(generator=ScriptedGenerator("The birch is a white tree.", context_tokens=4096))
    id_ = store(services, "trees.txt", "The birch is a white tree.", "ann")
    answer = services.assistant.answer("What is a birch?", within={id_})
    ChatHistory(services).add(Conversation(), answer, "ann")
    services.notes.create("ann", "On BIRCHES", "")
    services.notes.create("ann", "Other", "A birch bends.")
    services.notes.create("bob", "Birch of Bob", "")
    assert found(services, " birch ") == (["What is a birch?"], ["On BIRCHES", "Other"])
    assert found(services, "oak") == ([], [])
    assert found(services, "birch", "bob") == ([], ["Birch of Bob"])


def test_however_many_there_are_a_few_are_sent(services: Services) -> None:
    for number in range(20):
        services.notes.create("ann", f"Note {number}", "")
    assert found(services, "") == ([], [f"Note {number}" for number in range(8)])
    assert found(services, "x" * 10_000) == ([], [])
