"""A conversation at the shell: its history, what it searches, and how it is kept."""

from threading import Event

import pytest

from cli.chat_session import ChatSession
from rag.errors import LibraryError


def ask(session: ChatSession, question: str = "How high is the Eiffel tower?") -> None:
    list(session.ask(question, Event()))


def test_a_conversation_is_kept_and_gone_on_with(session: ChatSession) -> None:
    with pytest.raises(LibraryError, match="no conversation to go on with"):
        session.open_latest()
    ask(session)
    ask(session, "And the Fernsehturm?")
    assert len(session.answers[-1].turns) == 2, "it is asked with what was said before"
    again = ChatSession(session.services, "")
    assert again.open_latest().name == "How high is the Eiffel tower?"
    assert [answer.question for answer in again.answers] == ["How high is the Eiffel tower?", "And the Fernsehturm?"]
    ask(again, "Is it so?")
    assert len(session.services.conversations.exchanges(session.id, "")) == 3
    again.new()
    ask(again)
    assert len(session.services.conversations.conversations("")) == 2
    with pytest.raises(LibraryError, match="No conversation has id"):
        again.open("nothing")


def test_it_searches_what_was_chosen_also_when_it_goes_on(session: ChatSession) -> None:
    eiffel = next(each for each in session.documents if each.name == "eiffel.md")
    chosen = ChatSession(session.services, "", frozenset([eiffel.id]), {"strictness": 0.0})
    ask(chosen)
    assert {passage.chunk.document for passage in chosen.answers[0].passages} == {"eiffel.md"}
    session.open(chosen.id)
    assert session.documents == [eiffel]
    assert session.settings == {"strictness": 0.0}


def test_an_answer_of_a_deleted_conversation_is_shown_but_not_kept(session: ChatSession) -> None:
    ask(session)
    session.services.conversations.delete(session.id, "")
    with pytest.raises(LibraryError, match="This answer is not kept"):
        ask(session)
    assert len(session.answers) == 2
