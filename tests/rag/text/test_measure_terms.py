"""Words of labels and questions as terms."""

import pytest

from rag.text.measure_terms import RATE, label_terms, strong, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Net sales", "Umsatzerlöse"),
        ("Purchases of property, plant and equipment (PP&E)", "capex"),
        ("Net cash provided by (used in) operating activities", "cash from operations"),
        ("Income from operations", "operating profit"),
        ("Merchandise inventories", "inventory"),
        ("chiffre d'affaires", "ingresos"),
        ("Cost of goods sold", "COGS"),
    ],
)
def test_usual_names_of_a_measure_are_one_term(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_measures_that_share_words_differ() -> None:
    assert terms("cost of sales") != terms("sales")
    assert terms("operating income") != terms("net income")
    assert strong(label_terms("Operating income as a % of revenue")) == {"@operating_income", RATE, "@revenue"}


def test_a_label_is_read_without_its_remarks() -> None:
    assert label_terms("Accounts receivable — net of allowances of $95 and $103") == ("@receivable",)
    assert label_terms("Other assets (Note 3)") == tuple(terms("Other assets"))
