"""The palette finds a few of the user's own conversations and notes, and nobody else's."""

from rag.services import Services
from tests.support.fakes import ScriptedGenerator
from tests.web.routes.conftest import client, store
from web.chat.history import ChatHistory
from web.chat.state import Conversation
from web.routes.find_routes import FindRoutes


def found(services: Services, text: str, user: str = "ann") -> tuple[list[str], list[str]]:
    answer = client(FindRoutes(services).routes(), user).get("/find", params={"text": text}).json()
    names = ([each["name"] for each in answer[kind]] for kind in ("conversations", "notes"))
    talks, notes = names
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
