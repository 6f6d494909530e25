"""A sentence that says in its own words what a passage says is weakly supported; one that makes something up is not."""

from rag.grounding.near_meaning import NearMeaning
from rag.grounding.scorers import lexical_scorer
from rag.types import Sentence
from tests.conftest import passage
from tests.support.fakes import WordEmbedder

PASSAGE = passage("The members elect the treasurer in spring. The office opens at nine.")


def judged(claim: str, question: str = "Summarise it.") -> Sentence:
    near = NearMeaning(question, [PASSAGE], lexical_scorer(), WordEmbedder())
    return near.support(claim, Sentence(start=0, end=len(claim), text=claim, citations=(), support="unsupported"))


def test_the_nearest_sentence_is_quoted_as_weak_support() -> None:
    sentence = judged("in spring the members elect the treasurer")
    assert sentence.support == "weak"
    (citation,) = sentence.citations
    assert citation.quote == "The members elect the treasurer in spring."
    text = PASSAGE.chunk.text
    assert text[citation.start - PASSAGE.chunk.start : citation.end - PASSAGE.chunk.start] == citation.quote


def test_what_is_far_from_every_sentence_stays_unsupported() -> None:
    assert judged("bananas grow on trees").support == "unsupported"


def test_a_foreign_name_or_figure_is_never_near() -> None:
    assert judged("in spring the members elect the treasurer Quux").support == "unsupported"
    assert judged("in spring the members elect the 40 treasurer").support == "unsupported"


def test_a_name_of_the_question_is_known() -> None:
    claim = "in spring the members of Quux elect the treasurer"
    assert judged(claim, "Summarise the rules of Quux.").support == "weak"
