"""Figures of a sentence that a computed result covers."""

import pytest

from rag.text.numbers.support import covered_figures, figures_in, is_supported
from rag.types import Computed
from tests.support.documents.made_tables import STATEMENT, computed_from, made_page


def change(language: str = "en") -> Computed:
    question = {
        "en": "By how much did net sales fall from 2018 to 2019?",
        "de": "Um wie viel sank der Umsatz von 2018 auf 2019?",
    }
    computed = computed_from(question[language], made_page(STATEMENT), language=language)
    assert computed is not None
    return computed


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
    assert is_supported(sentence, change())


@pytest.mark.parametrize(
    "sentence",
    [
        "Net sales fell by 2.9%.",
        "Net sales rose by 1.9%.",
        "Net sales did not fall by 1.9%.",
        "Net income fell by 1.9%.",
        "Net sales fell by 1.9% and costs by 4%.",
        "Net sales were $32,765 million in 2019 and $32,136 million in 2018.",
        "Net sales fell in 2019.",
        "x" * 3_000,
    ],
)
def test_a_sentence_that_says_something_else_is_not(sentence: str) -> None:
    assert not is_supported(sentence, change())


def test_the_statement_itself_is_supported_in_every_language() -> None:
    for language in ("en", "de"):
        computed = change(language)
        assert is_supported(computed.statement, computed), computed.statement


def test_covered_figures_have_their_operands() -> None:
    sentence = "Sales were $32,136 million in 2019, 1.9% less, of 77 products."
    first, second = covered_figures(sentence, change())
    assert sentence[first.start : first.end] == "$32,136 million"
    assert [operand.text for operand in first.operands] == ["32,136"]
    assert sentence[second.start : second.end] == "1.9%"
    assert len(second.operands) == 2


def test_years_are_no_figures() -> None:
    assert [figure.value for _, _, figure in figures_in("In 2019 it was 5 and (3).")] == [5, -3]


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
    assert is_supported(sentence, computed) is expected
