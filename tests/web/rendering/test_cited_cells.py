"""The cells that state a figure of a sentence are found, and no others of the quoted rows."""

import pytest

from web.rendering.cited_cells import cited_cells

BIRCH = "Birch | 2018: 1,200 | 2017: 900"
TWO_ROWS = "Table 1. Sales\nOak | 2018: 1,200 | 2017: (5)\nBirch | 2018: 1,200 | 2017: 900 "


@pytest.mark.parametrize(
    ("sentence", "quote", "texts"),
    [
        ("Birch sold 1,200 in 2018.", BIRCH, ["1,200"]),
        ("Birch sold 1200, after 900.", BIRCH, ["1,200", "900"]),
        ("Die Birke verkaufte 1.200.", BIRCH, ["1,200"]),
        ("Le bouleau : 1 200.", BIRCH, ["1,200"]),
        ("البتولا ١٢٠٠", BIRCH, ["1,200"]),
        ("Birch sold 12.", BIRCH, []),
        ("The loss was 5.", TWO_ROWS, ["(5)"]),
        ("The share is 12.5 %.", "Share | 2018: 12.5% | 2017: –", ["12.5%"]),
        ("In 2018 it was none.", "2018 | 0 | –", []),
        ("It costs 20 euros | or 30.", "The fee is 20 euros.", []),
    ],
)
def test_a_cell_is_cited_if_its_text_is_a_figure_of_the_sentence(sentence: str, quote: str, texts: list[str]) -> None:
    cells = cited_cells(sentence, quote)
    assert [cell.text for cell in cells] == texts
    assert [quote[cell.start : cell.end] for cell in cells] == texts


def test_of_rows_with_the_same_figure_the_one_that_the_sentence_names_counts() -> None:
    assert [cell.row for cell in cited_cells("Sales of birch: 1,200.", TWO_ROWS)] == ["Birch"]
    assert [cell.row for cell in cited_cells("Sales were 1,200.", TWO_ROWS)] == ["Oak", "Birch"]


@pytest.mark.parametrize(
    ("sentence", "heads"),
    [
        ("Price per month was lowest for Duo: €12.", ["Price per month (€)"]),
        ("Duo: 12.", ["Price per month (€)", "Months"]),
        ("Duo runs for 12 months.", ["Months"]),
    ],
)
def test_where_a_row_states_a_figure_twice_the_column_that_the_sentence_names_counts(
    sentence: str, heads: list[str]
) -> None:
    quote = "Plan: Duo | Price per month (€): 12 | Months: 12\nPlan: Solo | Price per month (€): 7 | Months: 1"
    assert [cell.head for cell in cited_cells(sentence, quote)] == heads
