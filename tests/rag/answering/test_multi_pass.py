"""An answer in several passes is delivered as one text."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.multi_pass import grouped, in_passes
from rag.answering.prompt import Prompt
from rag.errors import ServerError
from rag.interfaces import TextDelta
from rag.types import Certainty, GenerationStats, Passage, StopReason
from tests.rag.retrieval.test_coverage import chunk
from tests.support.values import text_of

Stream = Callable[[], Iterator[TextDelta]]


def one_pass(text: str, reason: StopReason = "end", closed: list[str] | None = None, answerable: float = 1.0) -> Stream:
    def begin() -> Iterator[TextDelta]:
        try:
            yield TextDelta("", 0, certainty=Certainty(answerable))
            yield TextDelta(text, 2)
            yield TextDelta("", 3, reason, GenerationStats(decode_s=1.0), Certainty(answerable, -answerable))
        finally:
            if closed is not None:
                closed.append(text)

    return begin


PROMPT = Prompt(messages=(), tokens=0, passages=(), new=(), dropped=(), turns=(), forgotten_turns=0)


def run(*begun: Stream) -> list[TextDelta]:
    waiting = list(begun)
    return list(in_passes([PROMPT] * len(begun), lambda _: waiting.pop(0)()))


def test_passes_become_paragraphs_of_one_text() -> None:
    found = run(one_pass("One."), one_pass("Two.", "length"), one_pass("Three."))
    assert text_of(found) == "One.\n\nTwo.\n\nThree."
    assert [delta.stop_reason for delta in found if delta.stop_reason] == ["end"]
    assert (found[-1].tokens, found[-1].stats) == (9, GenerationStats(decode_s=3.0))


def test_a_sentence_that_a_pass_cuts_off_is_left_out_unless_it_is_the_last() -> None:
    cut = "1. One.\n2. Two is not e"
    assert text_of(run(one_pass(cut, "length"), one_pass("Three. Fo", "length"))) == "1. One.\n\n\nThree. Fo"
    assert text_of(run(one_pass("One.\n2.", "length"), one_pass("Two."))) == "One.\n\n\nTwo."
    assert text_of(run(one_pass("One, two", "end"), one_pass("Three."))) == "One, two\n\nThree."


def test_a_pass_that_repeats_itself_ends_with_its_last_whole_sentence_and_the_next_one_goes_on() -> None:
    looping = "The house has two floors and a roof of tin. It is old, and its roof"
    found = run(one_pass(looping, "repetition"), one_pass("Its owner lives in Rome."))
    assert text_of(found) == "The house has two floors and a roof of tin. \n\nIts owner lives in Rome."
    assert found[-1].stop_reason == "end"
    assert text_of(run(one_pass(looping, "repetition"))) == "The house has two floors and a roof of tin. "


def test_what_an_earlier_pass_has_said_is_not_said_again() -> None:
    told = "These are the main points of the long report:\n1. Rents rise every year."
    again = "These are the main points of the long report:\n1. Fees fall. Rents rise."
    assert text_of(run(one_pass(told), one_pass(again))) == f"{told}\n\n\n1. Fees fall. Rents rise."
    long = "It was signed in the town hall of Bergen by Mr. "
    both = f"{long}Olsen. {long}Hansen."
    assert text_of(run(one_pass(both))) == both
    assert text_of(run(one_pass("Yes.\nYes."))) == "Yes.\nYes."


def test_a_pass_that_is_stopped_is_the_last() -> None:
    found = run(one_pass("One.", "cancelled"), one_pass("Two."))
    assert text_of(found) == "One."
    assert found[-1].stop_reason == "cancelled"


def breaks_off(text: str) -> Stream:
    def begin() -> Iterator[TextDelta]:
        yield TextDelta(text, 1)
        raise ServerError("The server cannot be reached.")

    return begin


@pytest.mark.parametrize("broken", ["", "Two. Thr"])
def test_what_was_written_stays_if_a_later_pass_fails(broken: str) -> None:
    found = run(one_pass("One."), breaks_off(broken), one_pass("Four."))
    assert text_of(found) == "One." + (f"\n\n{broken}" if broken else "")
    assert (found[-1].stop_reason, found[-1].stats) == ("interrupted", GenerationStats(decode_s=1.0))


def test_a_first_pass_that_fails_before_it_has_written_anything_fails() -> None:
    with pytest.raises(ServerError):
        run(breaks_off(""), one_pass("Two."))


@given(st.lists(st.integers(1, 900), max_size=30), st.integers(100, 3000))
def test_groups_keep_all_passages_in_order_and_about_their_size(sizes: list[int], room: int) -> None:
    passages = [Passage(chunk(number, size), 1.0) for number, size in enumerate(sizes)]
    groups = grouped(passages, room)
    assert [passage for group in groups for passage in group] == passages
    assert all(groups)
    for group in groups:
        assert sum(len(passage.chunk.text) for passage in group) <= room + 2 * max(sizes)
