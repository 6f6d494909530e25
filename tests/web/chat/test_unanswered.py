"""A question without an answer stands at the end of its conversation, with the reason."""

from rag.errors import LibraryError
from web.chat.state import Conversation
from web.chat.unanswered import notice, stored_messages


def test_a_conversation_without_an_open_question_is_shown_as_it_is() -> None:
    assert stored_messages(Conversation()) == []


def test_a_question_that_lost_its_server_is_shown_with_the_reason() -> None:
    question, said = stored_messages(Conversation(unanswered="Why <b>?"))
    assert (question["role"], "Why" in question["content"], said["role"]) == ("user", True, "assistant")
    assert "Not answered: Citewell was stopped meanwhile." in said["content"]


def test_a_question_that_somebody_is_at_is_not_called_lost() -> None:
    (_, said) = stored_messages(Conversation(unanswered="Why?", is_being_answered=True))
    assert "another server is writing it" in said["content"]


def test_a_fault_is_told_in_our_words_and_an_error_in_its_own() -> None:
    assert "a fault of Citewell" in notice(ZeroDivisionError("x"))["content"]
    assert "It is gone." in notice(LibraryError("It is gone."))["content"]
