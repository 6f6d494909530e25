"""Computed results as evidence: cited by the rows they come from."""

from rag.grounding.citations import Citer
from rag.grounding.computed_evidence import cite_computed
from rag.grounding.lexical_scorer import LexicalScorer
from rag.text.analyzer import english_analyzer
from tests.rag.text.numbers.made_tables import STATEMENT, computed_from, made_page, passage_of

SCORER = LexicalScorer(english_analyzer().analyze)
QUESTION = "By how much did net sales fall from 2018 to 2019?"
PAGE = made_page(STATEMENT)
PASSAGES = [passage_of(made_page(STATEMENT, number=9)), passage_of(PAGE)]
COMPUTED = computed_from(QUESTION, PAGE)


def test_a_computed_figure_that_no_passage_has_is_cited_by_its_row() -> None:
    assert COMPUTED is not None
    text = "Net sales fell by $629 million, or 1.9%."
    (sentence,) = Citer(QUESTION, PASSAGES, SCORER, COMPUTED).sentences(text)
    assert sentence.support == "supported"
    (citation,) = sentence.citations
    assert citation.number == 2
    assert citation.quote.startswith("Net sales | 2019: 32,136")
    assert PAGE.text[citation.start : citation.end] == citation.quote
    (without,) = Citer(QUESTION, PASSAGES, SCORER).sentences(text)
    assert without.support != "supported"


def test_another_figure_is_judged_as_ever() -> None:
    assert COMPUTED is not None
    text = "Net sales fell by $629 million, or 8.9%."
    (sentence,) = Citer(QUESTION, PASSAGES, SCORER, COMPUTED).sentences(text)
    assert sentence.support != "supported"


def test_a_page_that_is_in_no_passage_is_not_cited() -> None:
    assert COMPUTED is not None
    assert cite_computed("Net sales fell by 1.9%.", COMPUTED, PASSAGES) != ()
    assert cite_computed("Net sales fell by 1.9%.", COMPUTED, PASSAGES[:1]) == ()
