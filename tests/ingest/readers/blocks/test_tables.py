"""A table is written so that each value follows its column's head, and every cell can be found in the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.blocks.table_blocks import plain_rows
from ingest.readers.blocks.tables import (
    CellText,
    RenderedTable,
    Row,
    count_head_rows,
    is_period,
    is_title,
    render_table,
)


def cells_of(rows: list[list[str]]) -> list[CellText]:
    return [cell for row in plain_rows(rows) for cell in row]


def cell_texts(table: RenderedTable) -> dict[tuple[int, int], str]:
    return {(cell.row, cell.column): table.text[cell.start : cell.end] for cell in table.cells}


@given(st.lists(st.lists(st.text("ab1 \n", max_size=4), min_size=1, max_size=4), max_size=5), st.integers(0, 2))
def test_every_cell_and_every_copy_of_it_is_exactly_its_text(rows: list[list[str]], head_rows: int) -> None:
    table = render_table(cells_of(rows), head_rows=head_rows)
    kept = [row for row in rows if any(cell.split() for cell in row)]
    for (row, column), text in cell_texts(table).items():
        assert text == " ".join(kept[row][column].split())
    for piece in table.pieces:
        assert table.text[piece.start : piece.end] == cell_texts(table)[piece.row, piece.column]


def rows(*lines: list[str]) -> list[Row]:
    return list(plain_rows(lines))


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ([["City", "Sales"], ["Rome", "3"], ["Oslo", "4"]], 1),
        ([["", "2018", "2017"], ["Net sales", "5", "4"]], 1),
        ([["", "FY 2018", "Q1 2019"], ["Net sales", "5", "4"]], 1),
        ([["Quarter", "Dec 31, 2018"], ["Cash", "5"], ["Debt", "7"]], 1),
        ([["1990", "1991"], ["1992", "1993"], ["1994", "1995"]], 0),
        ([["Rome", "3", "4"], ["Oslo", "5", "6"]], 0),
        ([["Ann", "Rome"], ["Bob", "Oslo"]], 0),
        ([["only"], ["one"]], 0),
        ([["City", "Sales"]], 0),
    ],
)
def test_heads_of_one_row(lines: list[list[str]], count: int) -> None:
    assert count_head_rows(rows(*lines)) == count


def test_heads_of_two_rows() -> None:
    head = [CellText(0, 0, ""), CellText(0, 1, "Sales", column_span=2), CellText(0, 3, "Costs", column_span=2)]
    years = ["", "2018", "2017", "2018", "2017"]
    body = rows(years, ["Rome", "1", "2", "3", "4"], ["Oslo", "5", "6", "7", "8"])
    assert count_head_rows([head, *body]) == 2
    assert count_head_rows([head, *rows(["Rome", "1", "2", "3", "4"], ["Oslo", "5", "6", "7", "8"])]) == 1


def test_a_row_of_words_below_a_spanning_head_is_no_head_if_it_begins_with_its_own_name() -> None:
    head = [CellText(0, 0, "Item"), CellText(0, 1, "Colours", column_span=2), CellText(0, 3, "Size")]
    assert count_head_rows([head, *rows(["Pen", "blue", "red", "small"], ["Cap", "red", "green", "large"])]) == 1


def test_a_title_stands_alone_where_the_table_begins() -> None:
    table = rows(["Sales by city", ""], ["City", "Sales"])
    assert is_title(table[0], table)
    spanning = rows(["", "Year ended"], ["City", "2018"])
    assert not is_title(spanning[0], spanning)
    assert not is_title(rows(["12", ""], ["a", "b"])[0], rows(["12", ""], ["a", "b"]))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2018", True),
        ("31 March 2020", True),
        ("Q3", True),
        ("2018-12-31", True),
        ("12", False),
        ("32,765", False),
        ("20180", False),
    ],
)
def test_periods(text: str, is_one: bool) -> None:
    assert is_period(text) == is_one
