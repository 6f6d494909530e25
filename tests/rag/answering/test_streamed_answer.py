"""An answer is collected from deltas, and stands or not, by its plan."""

from collections.abc import Iterator

from rag.answering.multi_pass import in_passes
from rag.answering.streamed_answer import StreamedAnswer, judge
from rag.answering.unsupported_lines import LineFilter, keep_supported
from rag.grounding.abstention import Abstention
from rag.grounding.citations import Citer
from rag.grounding.scorers import lexical_scorer
from rag.interfaces import ReadDelta, TextDelta, ThoughtDelta
from rag.postprocessing.call_deltas import split_calls
from rag.postprocessing.call_formats import HERMES
from rag.postprocessing.call_stream import ToolCallStream
from rag.postprocessing.output_checks import check_stream, check_thoughts
from rag.text.analyzer import words
from rag.types import Certainty, Cited, Passage, PromptRead, Sentence, Thought, Token
from rag.understanding.planner import plan
from tests.conftest import passage, passages
from tests.rag.answering.test_multi_pass import PROMPT
from tests.rag.retrieval.test_coverage import chunk

PASSAGES = [Passage(chunk(1), 1.0)]
TAVERNS = passages(["The taverns of the town are the Anchor and the Bell."])
DOUBT = Certainty(-6.0, -6.0)


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
    checked = check_stream(check_thoughts(keep_supported(calls, LineFilter(lambda _: ()))))
    merged = in_passes([PROMPT], lambda _: checked)
    events = list(StreamedAnswer().collect(merged, Citer("", [passage("Dogs bark.")], lexical_scorer())))
    assert events[0] == PromptRead(0.5, 4.0)
    assert Token("Dogs bark.") in events


def test_what_a_later_pass_reads_is_not_told_below_the_text_of_the_first() -> None:
    passes = iter([TextDelta("Dogs bark. ", 3), ReadDelta("", 3, read=PromptRead(0.5, 4.0)), TextDelta("", 3, "end")])
    events = list(StreamedAnswer().collect(passes, Citer("", [passage("Dogs bark.")], lexical_scorer())))
    assert PromptRead(0.5, 4.0) not in events
    assert Token("Dogs bark. ") in events


def sentence(support: str) -> Sentence:
    return Sentence(start=0, end=1, text="x", citations=(), support=support)  # type: ignore[arg-type]


def test_a_summary_stands_by_its_support_whatever_the_model_doubts() -> None:
    question = "Summarise this document."
    verdict = judge(Abstention(words, 0.2), plan(question), question, PASSAGES, [sentence("supported")], DOUBT)
    assert not verdict.abstained
    assert verdict.missing == ()


def test_a_summary_that_nothing_supports_does_not_stand() -> None:
    question = "Summarise this document."
    assert judge(Abstention(words), plan(question), question, PASSAGES, [sentence("unsupported")], None).abstained


def test_a_summary_of_everything_stands_with_weak_support_and_one_of_a_subject_does_not() -> None:
    for question, stands in (("Give me a short overview of this document.", True), ("Summarise the lease.", False)):
        verdict = judge(Abstention(words), plan(question), question, PASSAGES, [sentence("weak")], None)
        assert verdict.abstained != stands
