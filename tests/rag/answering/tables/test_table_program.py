"""What a form asks of a table, computed exactly."""

import pytest

from rag.answering.tables.table_form import TableForm
from rag.answering.tables.table_grid import Grid, read_grid
from rag.answering.tables.table_program import compute_form, outline_of, overlooks
from rag.types import Computed
from tests.support.documents.made_tables import made_page
from tests.support.values import present

PLANS = (
    ("Plan", "Fee (€)", "Data (GB)", "Set-up (€)"),
    ("Mini", "6.90", "2", "0"),
    ("Start", "9.90", "6", "9"),
    ("Family", "24.90", "40", "19"),
    ("Business", "34.90", "60", "19"),
)
SALES = (("Region", "2021", "2022"), ("North", "1,000", "1,250"), ("South", "500", "400"), ("Total", "1,500", "1,650"))


def grid_of(rows: tuple[tuple[str, ...], ...]) -> Grid:
    page = made_page(rows, unit="", caption="")
    return present(read_grid(1, "plans.md", page, page.structure.tables[0]))


def computed(form: TableForm, rows: tuple[tuple[str, ...], ...] = PLANS, language: str = "en") -> Computed | None:
    return compute_form(form, grid_of(rows), language, 0.9)


@pytest.mark.parametrize(
    ("form", "statement"),
    [
        (TableForm("sum", ("Mini", "Start"), ("Fee (€)",)), "Fee (Mini and Start) together: €16.80."),
        (
            TableForm("average", (), ("Set-up (€)",)),
            "Set-up, average of Mini, Start, Family and Business: €11.75.",
        ),
        (TableForm("median", (), ("Data (GB)",)), "Data (GB), median of Mini, Start, Family and Business: 23."),
        (
            TableForm("lowest", (), ("Fee (€)",)),
            "Fee was lowest for Mini: €6.90 (others: Start €9.90, Family €24.90, Business €34.90).",
        ),
        (TableForm("highest", (), ("Data (GB)",), nth=2), "Data (GB): 1. Business 60, 2. Family 40."),
        (
            TableForm("difference", ("Mini", "Start"), ("Fee (€)",)),
            "Fee: Start €9.90 − Mini €6.90 = €3.00 (43.5%).",
        ),
        (TableForm("ratio", ("Family", "Mini"), ("Data (GB)",)), "Data (GB): Family 40 / Mini 2 = 20."),
        (TableForm("share", ("Family",), ("Data (GB)",)), "Family, Data (GB): Family 40 / 108 = 37.0%."),
        (TableForm("count", (), ("Fee (€)",), where="> 9.90"), "Fee (€) > 9.90: 2 (Family, Business)."),
        (TableForm("count", (), ("Fee (€)",), where="< 1"), "Fee (€) < 1: 0."),
    ],
)
def test_a_form_is_computed_and_said(form: TableForm, statement: str) -> None:
    assert present(computed(form)).statement == statement


@pytest.mark.parametrize(
    ("form", "statement"),
    [
        (
            TableForm("difference", ("North",), ("2022", "2021")),
            "North rose by 250 (25.0%) from 1,000 (2021) to 1,250 (2022).",
        ),
        (
            TableForm("difference", ("South",), ("2021", "2022")),
            "South fell by 100 (20.0%) from 500 (2021) to 400 (2022).",
        ),
        (TableForm("highest", (), ("2022",)), "2022 was highest for North: 1,250 (others: South 400)."),
        (TableForm("sum", (), ("2021",)), "2021 (North and South) together: 1,500."),
        (TableForm("highest", ("South",)), "South was highest for 2021: 500 (others: 2022 400)."),
        (TableForm("share", ("South",), ("2021",)), "South, 2021: South 500 / 1,500 = 33.3%."),
    ],
)
def test_periods_are_taken_in_their_order_and_totals_are_no_rows(form: TableForm, statement: str) -> None:
    assert present(computed(form, SALES)).statement == statement


def test_a_result_has_the_cells_it_is_made_of_and_the_calculation() -> None:
    found = present(computed(TableForm("sum", ("Mini", "Start"), ("Fee (€)",))))
    assert [operand.text for operand in found.operands] == ["6.90", "9.90"]
    assert [operand.row for operand in found.operands] == ["Plan: Mini", "Plan: Start"]
    assert (found.expression, found.results) == ("6.90 + 9.90 = €16.80", ("€16.80",))


@pytest.mark.parametrize(
    "form",
    [
        TableForm("none"),
        TableForm("sum", (), ("Fee (€)", "Data (GB)")),  # of two units
        TableForm("average"),  # of a whole table
        TableForm("lookup"),  # nothing is to be computed
        TableForm("difference", (), ("Fee (€)",)),  # of four
        TableForm("ratio", ("Start", "Mini"), ("Set-up (€)",)),  # by zero
        TableForm("highest", (), ("Set-up (€)",)),  # two are
        TableForm("lowest", (), ("Fee (€)",), nth=9),
        TableForm("count", (), ("Fee (€)",), where="> 1,2,3.4.5"),
    ],
)
def test_what_is_open_or_cannot_be_computed_has_no_result(form: TableForm) -> None:
    assert computed(form) is None


def test_a_cell_that_is_missing_is_not_passed_over() -> None:
    rows = (("Plan", "Fee", "Data"), ("Mini", "7", "2"), ("Start", "", "6"), ("Family", "25", "40"))
    assert computed(TableForm("sum", (), ("Fee",)), rows) is None


@pytest.mark.parametrize(
    ("question", "form", "is_overlooked"),
    [
        ("What do Mini and Start cost together?", TableForm("sum", ("Mini",), ("Fee (€)",)), True),
        ("What do Mini and Start cost together?", TableForm("sum", ("Mini", "Start"), ("Fee (€)",)), False),
        ("What do they cost together?", TableForm("sum", ("Mini",), ("Fee (€)",)), False),
        ("What is the fee of a minibus?", TableForm("highest", (), ("Fee (€)",)), False),
        ("All data of Mini?", TableForm("sum", ("Mini",), ("Fee (€)",)), True),
        ("Is Mini the cheapest?", TableForm("lowest", (), ("Fee (€)",)), False),
    ],
)
def test_a_row_or_column_that_the_question_names_is_not_left_out(
    question: str, form: TableForm, is_overlooked: bool
) -> None:
    assert overlooks(form, outline_of(grid_of(PLANS), ""), question) is is_overlooked


@pytest.mark.parametrize(
    ("question", "is_there"),
    [("Who sold most in 2022?", True), ("Who sold most in 2020?", False), ("Who sold most?", True)],
)
def test_a_year_that_a_table_of_years_lacks_is_not_answered_by_another(question: str, is_there: bool) -> None:
    form = TableForm("highest", (), ("2022",))
    assert overlooks(form, outline_of(grid_of(SALES), ""), question) is not is_there


def test_a_year_says_nothing_of_a_table_without_years_and_may_be_a_limit() -> None:
    cheapest = TableForm("lowest", (), ("Fee (€)",))
    assert not overlooks(cheapest, outline_of(grid_of(PLANS), ""), "Which was cheapest in 2020?")
    form = TableForm("count", (), ("2021",), 1, "> 1999")
    assert not overlooks(form, outline_of(grid_of(SALES), ""), "Which sold more than 1999 in 2021?")
