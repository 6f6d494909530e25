"""Tables without rulings are found by alignment, and nothing else is taken for one."""

import pytest

from ingest.readers.pdf.tables.aligned import aligned_tables
from tests.support.documents.table_pdfs import rows_of

STATEMENT = [
    "(in millions)              2018       2017",
    "Net sales               $ 32,765   $ 31,657",
    "Operating expenses",
    "  Cost of sales           16,682     16,055",
    "  Gain on sale              (547)      (586)",
    "Total                   $ 16,135   $ 15,469",
]


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
