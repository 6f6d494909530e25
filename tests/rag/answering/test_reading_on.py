"""Where a limit of time would make a refusal, reading goes on."""

from collections.abc import Iterator

from rag.answering.reading_on import reading_on
from rag.types import Answer, Cited, Event, PromptRead, Retrieved, Sentence, StopReason, Support, Token

FOUND = Retrieved("when?", (), ())
READ = PromptRead(0.5, 2.0)
ALL = [FOUND, Token("At night."), "the whole answer"]


def held(support: Support, *, abstained: bool, reason: StopReason = "end") -> Iterator[Event]:
    sentence = Sentence(text="By day.", start=0, end=7, support=support, citations=())
    yield FOUND
    yield READ
    yield Token("By day.")
    yield Cited((sentence,))
    yield Token(" Or not.")
    yield Answer(
        question="When?",
        query="when?",
        text="By day. Or not.",
        sentences=(sentence,),
        abstained=abstained,
        passages=(),
        stop_reason=reason,
    )


def shown(events: Iterator[Event]) -> list[Event]:
    return list(reading_on(events, lambda: iter(ALL)))  # type: ignore[arg-type]


def test_a_refusal_is_never_shown_but_what_all_of_it_answers() -> None:
    assert shown(held("unsupported", abstained=True)) == [FOUND, READ, *ALL]


def test_an_answer_is_shown_from_its_first_supported_sentence_on() -> None:
    for abstained in (False, True):  # hardly to be expected
        assert shown(held("supported", abstained=abstained)) == list(held("supported", abstained=abstained))


def test_an_answer_without_support_that_stands_is_shown_at_its_end() -> None:
    assert shown(held("unsupported", abstained=False)) == list(held("unsupported", abstained=False))


def test_whoever_stops_does_not_have_to_wait_for_the_rest() -> None:
    assert shown(held("unsupported", abstained=True, reason="cancelled"))[-1].stop_reason == "cancelled"  # type: ignore[union-attr]
