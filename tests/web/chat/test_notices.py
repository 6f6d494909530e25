"""Who has to wait, or gets no answer, is told why, in the language of the page."""

from rag.errors import LibraryError
from serving.answer_turns import TooManyWaitError
from web.chat.notices import ahead, notice, stored_messages, too_many
from web.chat.state import Conversation
from web.page_language import in_language


def test_a_question_that_lost_its_server_is_shown_with_the_reason_unless_somebody_is_at_it() -> None:
    assert stored_messages(Conversation()) == []
    question, said = stored_messages(Conversation(unanswered="Why <b>?"))
    assert (question["role"], "Why" in question["content"], said["role"]) == ("user", True, "assistant")
    assert "Not answered: Citewell was stopped meanwhile." in said["content"]
    (_, said) = stored_messages(Conversation(unanswered="Why?", is_being_answered=True))
    assert "another server is writing it" in said["content"]


def test_a_fault_is_told_in_our_words_and_an_error_in_its_own() -> None:
    assert "an error in Citewell" in notice(ZeroDivisionError("x"))["content"]
    assert "It is gone." in notice(LibraryError("It is gone."))["content"]


def test_who_waits_is_told_for_how_many() -> None:
    assert (ahead(0), ahead(2)) == ("Waiting for 1 question …", "Waiting for 3 questions …")


def test_who_finds_no_place_reads_in_their_language_what_programs_are_told_in_english() -> None:
    every = [
        TooManyWaitError(waiting, 20, is_own=is_own)
        for waiting, is_own in ((0, False), (1, False), (2, False), (1, True), (2, True))
    ]
    assert [too_many(full) for full in every] == [str(full) for full in every]
    with in_language("de"):
        told = [too_many(full) for full in every]
    assert len(set(told)) == 5
    assert not {str(full) for full in every} & set(told)
