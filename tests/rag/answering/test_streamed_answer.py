"""The streamed of an answer, as it is collected from deltas."""

from collections.abc import Iterator

from rag.answering.multi_pass import in_passes
from rag.answering.streamed_answer import StreamedAnswer
from rag.answering.unsupported_lines import LineFilter, keep_supported
from rag.grounding.citations import Citer
from rag.grounding.scorers import lexical_scorer
from rag.interfaces import ReadDelta, TextDelta, ThoughtDelta
from rag.postprocessing.call_deltas import split_calls
from rag.postprocessing.call_formats import HERMES
from rag.postprocessing.call_stream import ToolCallStream
from rag.postprocessing.output_checks import check_stream, check_thoughts
from rag.types import Cited, PromptRead, Thought, Token
from tests.conftest import passage
from tests.rag.answering.test_multi_pass import PROMPT


def deltas() -> Iterator[TextDelta]:
    yield ThoughtDelta("", 0, thought="hm")
    yield TextDelta("", 0)
    yield TextDelta("Dogs bark at night. ", 4)
    yield TextDelta("Cats sleep.", 7, "end")


def test_text_thoughts_and_sentences_come_as_they_are_complete() -> None:
    streamed = StreamedAnswer()
    citer = Citer("What do dogs do?", [passage("Dogs bark at night.")], lexical_scorer())
    events = list(streamed.collect(deltas(), citer))
    assert [type(event) for event in events] == [Thought, Token, Token, Cited]
    assert (streamed.text, streamed.thinking, streamed.last.stop_reason) == (
        "Dogs bark at night. Cats sleep.",
        "hm",
        "end",
    )
    assert streamed.first_token_at


def test_how_far_the_prompt_is_read_is_told_through_every_check() -> None:
    halfway = ReadDelta("", 0, read=PromptRead(0.5, 4.0))
    calls = split_calls(iter([halfway, TextDelta("Dogs bark.", 3, "end")]), ToolCallStream(HERMES, set()))
    checked = check_stream(check_thoughts(keep_supported(calls, LineFilter(lambda _: None))))
    merged = in_passes([PROMPT], lambda _: checked)
    events = list(StreamedAnswer().collect(merged, Citer("", [passage("Dogs bark.")], lexical_scorer())))
    assert events[0] == PromptRead(0.5, 4.0)
    assert Token("Dogs bark.") in events


def test_what_a_later_pass_reads_is_not_told_below_the_text_of_the_first() -> None:
    passes = iter([TextDelta("Dogs bark. ", 3), ReadDelta("", 3, read=PromptRead(0.5, 4.0)), TextDelta("", 3, "end")])
    events = list(StreamedAnswer().collect(passes, Citer("", [passage("Dogs bark.")], lexical_scorer())))
    assert PromptRead(0.5, 4.0) not in events
    assert Token("Dogs bark. ") in events
