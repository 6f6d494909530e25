"""Rows that share columns are a table, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.pdf.aligned import (
    aligned_tables,
    covered,
    extended,
    find_columns,
    find_regions,
    merged,
    place_row,
)
from ingest.readers.pdf.page_words import Span
from tests.support.documents.table_pdfs import rows_of

SPANS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 30)).map(lambda pair: Span(pair[0], pair[0] + pair[1])), max_size=12
)
SALES = ["Net sales        10     20", "Costs             5      7", "Income            5     13"]
PROSE = "This sentence runs over the whole width of the page, as text does."
STATEMENT = [
    "(in millions)              2018       2017",
    "Net sales               $ 32,765   $ 31,657",
    "Operating expenses",
    "  Cost of sales           16,682     16,055",
    "  Gain on sale              (547)      (586)",
    "Total                   $ 16,135   $ 15,469",
]


@given(SPANS, SPANS)
def test_a_union_is_extended_as_if_merged_at_once(first: list[Span], second: list[Span]) -> None:
    union = merged(first, 1)
    assert list(extended(union, sorted(second), 1)) == merged([*first, *second], 1)


def test_a_single_bridge_between_columns_is_tolerated() -> None:
    columns = [Span(0, 10), Span(20, 30)] * 12
    assert covered([*columns, Span(5, 25)], 0, 1) == [Span(0, 30)]
    assert covered([*columns, Span(5, 25)], 1, 1) == [Span(0, 10), Span(20, 30)]


def test_heads_without_a_label_begin_another_region() -> None:
    heads = "               2019   2018"
    regions = find_regions(rows_of([*SALES, heads, *SALES]))
    assert [(region.first, region.last) for region in regions] == [(0, 3), (3, 7)]


def placed(lines: list[str]) -> list[dict[int, str]]:
    rows = rows_of(lines)
    columns = find_columns(rows)
    return [{cell.column: cell.text for cell in place_row(row, columns).cells} for row in rows]


def test_values_stand_below_each_other_though_cells_are_empty() -> None:
    assert placed(["Sales       10     20     30", "Cost         5            7", "Other              1"]) == [
        {0: "Sales", 1: "10", 2: "20", 3: "30"},
        {0: "Cost", 1: "5", 3: "7"},
        {0: "Other", 2: "1"},
    ]


def test_a_long_label_reaches_below_the_first_values() -> None:
    rows = placed(["Sales           1,000    20", "Cost              900    10", "A label that is long      5"])
    assert rows[2] == {0: "A label that is long", 2: "5"}


def test_rows_without_labels_keep_their_columns() -> None:
    assert placed(["Sales       10     20", "Cost         5      7", "            15     27"])[2] == {1: "15", 2: "27"}


def test_an_income_statement_is_a_table() -> None:
    ((grid, region),) = aligned_tables(rows_of(STATEMENT))
    assert (grid.columns, grid.heads, region.first, region.last) == (3, 1, 0, 6)
    assert [cell.text for cell in grid.body[0].cells] == ["Net sales", "$ 32,765", "$ 31,657"]
    assert grid.unit == "in millions"


def test_two_tables_with_heads_of_their_own_are_two() -> None:
    tables = list(aligned_tables(rows_of([*STATEMENT, *STATEMENT])))
    assert [(grid.heads, len(grid.body)) for grid, _ in tables] == [(1, 5), (1, 5)]


@pytest.mark.parametrize(
    "lines",
    [
        [
            "Item 1.  Business ...............   3",
            "Item 2.  Properties .............  12",
            "Item 3.  Legal .................  18",
        ],
        ["•   a point of a list", "•   another point of it", "•   the last point of it"],
        ["1.   First step", "2.   Second step", "3.   Third step", "4.   Fourth step"],
        ["def area(r):", "    return 3 * r", "", "print(area(2))"],
        ["Some words on the left      and others on the right", "that go on over lines       but are no table at all"],
    ],
    ids=["contents", "list", "steps", "code", "columns"],
)
def test_what_is_no_table_stays_text(lines: list[str]) -> None:
    assert list(aligned_tables(rows_of([line for line in lines if line]))) == []
