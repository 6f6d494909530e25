"""An answer stands or not, by its plan."""

from rag.answering.planning.planner import plan
from rag.answering.verdicts import judge
from rag.grounding.abstention import Abstention
from rag.text.analyzer import words
from rag.types import Certainty, Passage, Sentence
from tests.rag.answering.gathering.test_coverage import chunk

PASSAGES = [Passage(chunk(1), 1.0)]
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


def test_any_other_answer_falls_by_the_models_doubt() -> None:
    question = "List all the parties."
    assert judge(Abstention(words), plan(question), question, PASSAGES, [sentence("supported")], DOUBT).abstained
