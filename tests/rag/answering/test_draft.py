"""The draft of an answer, as it is collected from deltas."""

from collections.abc import Iterator

from rag.answering.draft import Draft
from rag.grounding.citations import Citer
from rag.grounding.scorer_by_language import lexical_scorer
from rag.interfaces import TextDelta, ThoughtDelta
from rag.types import Certainty, Cited, Thought, Token
from tests.conftest import passage


def deltas() -> Iterator[TextDelta]:
    yield ThoughtDelta("", 0, thought="hm")
    yield TextDelta("", 0)
    yield TextDelta("Dogs bark at night. ", 4)
    yield TextDelta("Cats sleep.", 7, "end")


def test_text_thoughts_and_sentences_come_as_they_are_complete() -> None:
    draft = Draft()
    citer = Citer("What do dogs do?", [passage("Dogs bark at night.")], lexical_scorer())
    events = list(draft.collect(deltas(), citer))
    assert [type(event) for event in events] == [Thought, Token, Token, Cited]
    assert (draft.text, draft.thinking, draft.last.stop_reason) == ("Dogs bark at night. Cats sleep.", "hm", "end")
    assert draft.first_token_at


def test_the_last_certainty_that_was_reported_counts() -> None:
    draft, certainty = Draft(), Certainty(1.5, -0.2)
    stopped = iter([TextDelta("Dogs bark.", 3, certainty=certainty), TextDelta("", 3, "repetition")])
    list(draft.collect(stopped, Citer("", [passage("Dogs bark.")], lexical_scorer())))
    assert (draft.certainty, draft.last.stop_reason) == (certainty, "repetition")
