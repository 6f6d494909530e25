"""Heads stand over the columns that they are centred over; captions and units are read from the lines around."""

import pytest

from ingest.readers.pdf.tables.aligned import aligned_tables
from ingest.readers.pdf.tables.heads import find_unit, has_amounts, is_head_stub, starts_table
from tests.support.documents.table_pdfs import rows_of

BODY = ["Revenue          10      20      30      40", "Cost              5       7       8       9"]
WITH_YEARS = ["                     2018       2017", "Net sales           32,765     31,657", "Cost  16,682  16,055"]


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
    assert found == [
        "",
        "Three months / 2019",
        "Three months / 2018",
        "Six months / 2019",
        "Six months / 2018",
    ]


def test_lines_of_one_head_are_joined() -> None:
    found = heads(["                Fair    Book", "               value   value   Total   Other", *BODY])
    assert found == ["", "Fair / value", "Book / value", "Total", "Other"]


def test_prose_above_a_table_is_no_head() -> None:
    found = heads(["The following table has what the company earned, in four quarters:", *BODY])
    assert found == ["", "", "", "", ""]


@pytest.mark.parametrize("text", ["Year ended December 31,", "(in millions)", "As of June 30,"])
def test_periods_and_units_belong_to_the_heads(text: str) -> None:
    assert is_head_stub(text)


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
