"""Heads stand over the columns that they are centred over; captions and units are read from the lines around."""

import pytest

from ingest.readers.pdf.aligned import aligned_tables
from ingest.readers.pdf.grid import column_heads
from ingest.readers.pdf.heads import complete_names, find_unit, groups_of, has_amounts, starts_table
from tests.support.documents.table_pdfs import rows_of

BODY = ["Revenue          10      20      30      40", "Cost              5       7       8       9"]
WITH_YEARS = ["                     2018       2017", "Net sales           32,765     31,657", "Cost  16,682  16,055"]
HEAD = "                                   2019    2018"
SALES = ["Net sales                  32,765     31,657", "Cost of sales              16,682     16,055"]


def heads(lines: list[str]) -> list[str]:
    ((grid, _),) = aligned_tables(rows_of(lines))
    return [
        " / ".join(cell.text for row in grid.rows[: grid.heads] if (cell := row.cell(column)))
        for column in range(grid.columns)
    ]


def test_years_above_amounts_are_heads() -> None:
    assert heads(["               2019    2018    2017    2016", *BODY]) == ["", "2019", "2018", "2017", "2016"]


def test_a_head_spans_the_columns_it_is_centred_over() -> None:
    above = "                 Three months     Six months"
    found = heads([above, "               2019    2018    2019    2018", *BODY])
    assert found == ["", *(f"{period} months / {year}" for period in ("Three", "Six") for year in (2019, 2018))]


def test_lines_of_one_head_are_joined() -> None:
    found = heads(["                Fair    Book", "               value   value   Total   Other", *BODY])
    assert found == ["", "Fair / value", "Book / value", "Total", "Other"]


def test_prose_above_a_table_is_no_head() -> None:
    found = heads(["The following table has what the company earned, in four quarters:", *BODY])
    assert found == ["", "", "", "", ""]


def test_a_year_is_no_amount() -> None:
    years, amounts = rows_of(["Fiscal year   2019   2018 (1)", "Sales         1,019  1,018"])
    assert not has_amounts(years)
    assert has_amounts(amounts)
    assert not starts_table(amounts, 100, 2)


@pytest.mark.parametrize(
    ("lines", "caption"),
    [
        (["Widgets Inc.", "Consolidated Income"], "Widgets Inc. Consolidated Income"),
        (["A title of the page", "Table 3. Net sales."], "Table 3. Net sales."),
        (["These are the sales of the year."], ""),
    ],
    ids=["title lines", "numbered", "sentence"],
)
def test_the_caption_is_a_title_above(lines: list[str], caption: str) -> None:
    ((grid, _),) = aligned_tables(rows_of([*lines, *WITH_YEARS]))
    assert grid.caption == caption


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("(in millions, except per share)", "in millions, except per share"),
        ("Cash flows were as follows (in thousands):", "in thousands"),
        ("Dollars in millions", "Dollars in millions"),
        ("nothing of the kind", ""),
    ],
)
def test_the_unit_is_what_is_printed(line: str, unit: str) -> None:
    assert find_unit(rows_of([line, *WITH_YEARS]), 1, 2, 0) == unit


def labels(lines: list[str]) -> list[str]:
    ((grid, _),) = aligned_tables(rows_of([HEAD, *lines]))
    return [row.label.text if row.label else "" for row in grid.body]


def test_a_label_goes_on_in_lower_case() -> None:
    found = labels(
        [
            "Interest expense from debt and the",
            "amortization of costs                90     140",
            "Other income                         10      20",
        ]
    )
    assert found == ["Interest expense from debt and the amortization of costs", "Other income"]


def test_a_group_is_no_part_of_the_label_below() -> None:
    found = labels(
        [
            "Current assets:",
            "Cash                                 90     140",
            "Other cash                           10      20",
        ]
    )
    assert found[:2] == ["Current assets:", "Cash"]


def test_a_group_is_given_where_two_labels_are_alike() -> None:
    lines = [
        "Earnings per share:",
        "  Basic                              1.5     1.4",
        "  Diluted                            1.4     1.3",
        "Shares:",
        "  Basic                              100     110",
        "  Total                              100     110",
    ]
    ((grid, _),) = aligned_tables(rows_of([HEAD, *lines]))
    groups = [group.text if group else "" for group in groups_of(grid.body)]
    assert groups == ["", "Earnings per share:", "", "", "Shares:", ""]


@pytest.mark.parametrize(
    ("head", "names", "above"),
    [
        ("As of June 30,               2018       2017", ["", "As of June 30, 2018", "As of June 30, 2017"], []),
        ("(in millions)                2018       2017", ["", "2018", "2017"], ["(in millions)"]),
        ("Years ended (Millions)       2018       2017", ["", "Years ended 2018", "Years ended 2017"], ["(Millions)"]),
        ("Segment                      2018       2017", ["Segment", "2018", "2017"], []),
    ],
    ids=["period", "unit", "both", "name of the labels"],
)
def test_a_period_begins_every_head_and_a_unit_stands_above(head: str, names: list[str], above: list[str]) -> None:
    ((grid, _),) = aligned_tables(rows_of([head, *SALES]))
    grid = complete_names(grid)
    assert column_heads(grid) == names
    assert [" ".join(word.text for word in line) for line in grid.above] == above
