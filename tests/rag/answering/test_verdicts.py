"""An answer stands or not, by its plan."""

from rag.answering.verdicts import abstention_for, judge
from rag.grounding.abstention import Abstention
from rag.text.analyzer import words
from rag.types import Certainty, Passage, Sentence
from rag.understanding.planner import plan
from tests.conftest import passages
from tests.rag.retrieval.test_coverage import chunk

PASSAGES = [Passage(chunk(1), 1.0)]
TAVERNS = passages(["The taverns of the town are the Anchor and the Bell."])
DOUBT = Certainty(-6.0, -6.0)


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


def hopeless(question: str, answerable: float, *, is_foreign: bool = False) -> bool:
    """Return whether no answer to a question about the town's taverns could stand, given the probe's prediction."""
    judge_of = abstention_for(Abstention(words), plan(question), question, TAVERNS, None, is_foreign=is_foreign)
    return judge_of.is_hopeless(Certainty(answerable, -0.5))


def test_a_longer_answer_stands_where_a_short_one_would_be_refused() -> None:
    assert hopeless("Who founded the town?", -1.3)
    assert not hopeless("Explain how the town was founded.", -1.3)
    assert hopeless("Explain how the town was founded.", -1.7)


def test_a_list_of_what_no_passage_names_stands_only_if_the_model_is_sure() -> None:
    assert not hopeless("List all taverns.", 0.5)
    assert hopeless("List all swimming pools.", 0.5)
    assert not hopeless("List all swimming pools.", 2.0)
    assert not hopeless("List all swimming pools.", 0.5, is_foreign=True)
