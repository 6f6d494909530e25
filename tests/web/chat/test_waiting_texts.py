"""Who has to wait, or cannot, is told so in the language of the page."""

from serving.answer_turns import TooManyWaitError
from web.chat.waiting_texts import ahead, too_many
from web.page_language import in_language


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
