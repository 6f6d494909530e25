"""The cell that was asked for, or none."""

from decimal import Decimal

import pytest

from rag.answering.tables.cell_lookup import Finder, same_amount
from rag.answering.tables.periods import Period
from rag.answering.tables.table_grid import read_grid
from rag.text.figures import Figure
from rag.types import Page
from tests.support.documents.made_tables import SEGMENTS, STATEMENT, computed_from, made_page
from tests.support.values import present


def finder(*pages: Page) -> Finder:
    grids = [read_grid(1, "a.pdf", page, table) for page in pages for table in page.structure.tables]
    return Finder([grid for grid in grids if grid])


def test_the_latest_period_is_taken_where_none_is_asked() -> None:
    assert present(finder(made_page(STATEMENT)).find(["@net_income"], None)).entry.text == "4,570"


def test_amounts_spent_are_positive_whatever_their_sign_on_the_page() -> None:
    hit = present(finder(made_page(STATEMENT)).find(["@cost_of_sales"], Period(2019)))
    assert hit.entry.figure.value == -17_136
    assert hit.figure.value == 17_136


def test_a_part_is_not_the_whole() -> None:
    parts = made_page((("", "2019"), ("Net sales", "900"), ("Cost of sales", "100")), caption="Domestic Segment")
    assert computed_from("What were net sales in 2019?", parts) is None
    assert computed_from("What were net sales of the domestic segment in 2019?", parts) is not None


def test_the_statement_goes_before_the_part() -> None:
    parts = made_page(
        (("", "2019"), ("Net sales", "900"), ("Cost of sales", "100")), number=2, caption="Domestic Segment"
    )
    assert present(computed_from("What were net sales in 2019?", parts, made_page(STATEMENT))).operands[0].page == 1


def test_two_tables_that_disagree_give_no_result() -> None:
    other = made_page((("", "2019"), ("Net sales", "31,000"), ("Net income", "4,000")), number=2)
    assert computed_from("What were net sales in 2019?", made_page(STATEMENT), other) is None


def test_two_tables_that_agree_in_other_scales_give_one_result() -> None:
    rows = (("", "2019"), ("Net sales", "32.1"), ("Net income", "4.6"))
    billions = made_page(rows, number=2, unit="$ in billions")
    assert computed_from("What were net sales in 2019?", made_page(STATEMENT), billions) is not None


@pytest.mark.parametrize("label", ["Basic", "Other"])
def test_a_label_without_a_measure_needs_its_group(label: str) -> None:
    rows = (("", "2019", "2018"), ("Earnings per share:", "", ""), (label, "7.91", "9.09"), ("Diluted", "7.81", "8.89"))
    assert computed_from(f"What was {label.lower()} in 2019?", made_page(rows)) is None


def test_the_same_label_in_two_groups_is_ambiguous() -> None:
    rows = (*SEGMENTS, ("Operating income:", "", ""), ("Health Care", "1,900", "1,800"), ("Consumer", "1,100", "1,000"))
    page = made_page(rows, caption="")
    assert computed_from("What was Health Care in 2019?", page) is None
    computed = present(computed_from("What was the operating income of Health Care in 2019?", page))
    assert computed.operands[0].text == "1,900"


def test_figures_are_the_same_as_far_as_the_coarser_is_printed() -> None:
    assert same_amount(Figure(Decimal("32.1"), 1, "$", 9), Figure(Decimal(32_136), 0, "$", 6))
    assert not same_amount(Figure(Decimal("32.2"), 1, "$", 9), Figure(Decimal(32_136), 0, "$", 6))
    assert not same_amount(Figure(Decimal(5), unit="%"), Figure(Decimal(5), unit="$"))


def test_the_change_of_a_balance_is_not_the_balance() -> None:
    rows = (
        ("", "2019"),
        ("Changes in assets and liabilities:", ""),
        ("Inventories", "57"),
        ("Accounts payable", "408"),
    )
    assert computed_from("What were inventories in 2019?", made_page(rows, caption="Statement of Cash Flows")) is None
    deferred = made_page((("", "2019"), ("Inventory", "(61)"), ("Goodwill", "12")), caption="")
    assert computed_from("What were inventories in 2019?", deferred) is None


def test_a_cell_of_another_table_than_the_statement_named_is_less_sure() -> None:
    question = "What were net sales in 2019? Use the balance sheet."
    computed, sure = computed_from(question, made_page(STATEMENT)), computed_from(question[:28], made_page(STATEMENT))
    assert computed is not None
    assert sure is not None
    assert computed.confidence < 0.8 < sure.confidence
