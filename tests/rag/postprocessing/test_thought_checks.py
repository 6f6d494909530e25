"""Thinking is cleaned as an answer is, but never ends one."""

from collections.abc import Iterator

from rag.interfaces import TextDelta, ThoughtDelta
from rag.postprocessing.output_checks import check_stream
from rag.postprocessing.thought_checks import check_thoughts
from tests.rag.postprocessing.test_output_checks import NoBananas

LAST = TextDelta("", 1, "end")


def stream(*thoughts: str, answer: str = "Yes.") -> Iterator[TextDelta]:
    yield from (ThoughtDelta("", 0, thought=thought) for thought in thoughts)
    yield TextDelta(answer, 1)
    yield LAST


def thinking(deltas: Iterator[TextDelta]) -> tuple[str, str]:
    read = list(deltas)
    thought = "".join(delta.thought for delta in read if isinstance(delta, ThoughtDelta))
    assert [delta.stop_reason for delta in read if delta.stop_reason] == ["end"]
    return thought, "".join(delta.text for delta in read)


def test_nothing_that_acts_on_a_terminal_or_page_stays() -> None:
    assert thinking(check_thoughts(stream("A\x1b[2J", "B\u202ec <|im_", "end|>d"))) == ("A[2JBc d", "Yes.")


def test_thinking_that_the_filter_objects_to_is_cut_off_and_the_answer_goes_on() -> None:
    said = ["Trees are green. ", "Bananas are yellow. ", "And so on. "]
    assert thinking(check_thoughts(stream(*said), NoBananas())) == ("Trees are green. ", "Yes.")


def test_thinking_that_repeats_itself_is_cut_off_and_the_answer_goes_on() -> None:
    thought, answer = thinking(check_thoughts(stream(*["I must think about this again and again. "] * 50)))
    assert 0 < len(thought) < 1000
    assert answer == "Yes."


def test_the_checks_of_an_answer_leave_thinking_alone() -> None:
    said = ["Bananas. "] * 60
    thought, answer = thinking(check_stream(stream(*said, answer="Yes."), NoBananas()))
    assert (thought, answer) == ("".join(said), "Yes.")
