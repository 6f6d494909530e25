"""Computed results as evidence: cited by the rows they come from."""

from rag.grounding.citations import Citer
from rag.grounding.computed_evidence import cite_computed
from rag.grounding.lexical_scorer import LexicalScorer
from rag.text.analyzer import english_analyzer
from rag.text.numbers.computing import compute
from tests.support.documents.made_tables import STATEMENT, computed_from, made_page, passage_of

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


def test_of_two_documents_each_sentence_cites_its_own_rows() -> None:
    grown = made_page((("", "2019", "2018"), ("Net sales", "1,200", "1,000"), ("Net income", "9", "8")))
    passages = [passage_of(PAGE, 1, "amber.pdf"), passage_of(grown, 2, "birch.pdf")]
    asked = "Compare the net sales of Amber and Birch in 2019, and how each changed."
    computed = compute(asked, passages, lambda document, _: {1: PAGE, 2: grown}[document])
    assert computed is not None
    fell, rose = Citer(asked, passages, SCORER, computed).sentences(computed.statement)
    assert (fell.text[:11], rose.text[:11]) == ("- amber.pdf", "- birch.pdf")
    assert (fell.support, rose.support) == ("supported", "supported")
    assert [{citation.number for citation in each.citations} for each in (fell, rose)] == [{1}, {2}]
