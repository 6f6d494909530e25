"""Computed results as evidence: cited by the rows they come from, where a sentence says them."""

import pytest

from rag.answering.tables.plain_questions import compute
from rag.grounding.citations import Citer
from rag.grounding.computed_evidence import cite_computed, says_result
from rag.grounding.lexical_scorer import LexicalScorer
from rag.text.analyzer import english_analyzer
from rag.types import Computed
from tests.support.documents.made_tables import STATEMENT, computed_from, made_page, passage_of

SCORER = LexicalScorer(english_analyzer().analyze)
QUESTION = "By how much did net sales fall from 2018 to 2019?"
PAGE = made_page(STATEMENT)
PASSAGES = [passage_of(made_page(STATEMENT, number=9)), passage_of(PAGE)]


def change(language: str = "en") -> Computed:
    question = {"en": QUESTION, "de": "Um wie viel sank der Umsatz von 2018 auf 2019?"}
    computed = computed_from(question[language], PAGE, language=language)
    assert computed is not None
    return computed


COMPUTED = change()


def test_a_computed_figure_that_no_passage_has_is_cited_by_its_row() -> None:
    text = "Net sales fell by $629 million, or 1.9%."
    (sentence,) = Citer(QUESTION, PASSAGES, SCORER, COMPUTED).sentences(text)
    assert sentence.support == "supported"
    (citation,) = sentence.citations
    assert citation.number == 2
    assert citation.quote.startswith("Net sales | 2019: 32,136")
    assert PAGE.text[citation.start : citation.end] == citation.quote
    (without,) = Citer(QUESTION, PASSAGES, SCORER).sentences(text)
    (another,) = Citer(QUESTION, PASSAGES, SCORER, COMPUTED).sentences(text.replace("1.9", "8.9"))
    assert "supported" not in (without.support, another.support)


def test_a_page_that_is_in_no_passage_is_not_cited() -> None:
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


@pytest.mark.parametrize(
    "sentence",
    [
        "Net sales fell by 1.9%.",
        "Net sales decreased by $629 million, or 1.9 percent.",
        "Sales dropped 1.92% to $32.1 billion in 2019.",
        "Revenue fell from $32,765 million in 2018 to $32,136 million in 2019.",
    ],
)
def test_a_sentence_that_says_the_result_is_supported(sentence: str) -> None:
    assert says_result(sentence, COMPUTED)


@pytest.mark.parametrize(
    "sentence",
    [
        "Net sales rose by 1.9%.",
        "Net sales did not fall by 1.9%.",
        "Net income fell by 1.9%.",
        "Net sales fell by 1.9% and costs by 4%.",
        "Net sales were $32,765 million in 2019 and $32,136 million in 2018.",
        "Net sales fell in 2019.",
        "Sales were $32,136 million in 2019, 1.9% less, of 77 products.",
        "x" * 3_000,
    ],
)
def test_a_sentence_that_says_something_else_is_not_supported(sentence: str) -> None:
    assert not says_result(sentence, COMPUTED)


def test_the_statement_itself_is_supported_in_every_language() -> None:
    for language in ("en", "de"):
        computed = change(language)
        assert says_result(computed.statement, computed), computed.statement


GERMAN = (("", "2023", "2022"), ("Umsatzerlöse", "12.345", "11.987"), ("Jahresüberschuss", "1.150", "987"))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Umsatzerlöse were €12,345 thousand in 2023.", True),
        ("Umsatzerlöse were €12,345k in 2023.", True),
        ("Umsatzerlöse were €12.345 million in 2023.", True),
        ("Umsatzerlöse were €12.345 thousand in 2023.", False),
        ("Umsatzerlöse were €12,345 in 2023.", False),
        ("Umsatzerlöse were €12,345m in 2023.", False),
        ("Umsatzerlöse were 12,345m in 2023.", False),
        ("Umsatzerlöse were $12,345 thousand in 2023.", False),
    ],
)
def test_a_figure_of_another_scale_is_not_the_result(sentence: str, expected: bool) -> None:
    computed = computed_from("What were the Umsatzerlöse in 2023?", made_page(GERMAN, unit="in TEUR", caption="GuV"))
    assert computed is not None
    assert says_result(sentence, computed) is expected
