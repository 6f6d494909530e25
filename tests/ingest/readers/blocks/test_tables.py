"""A table is written so that each value follows its column's head, and every cell can be found in the text."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.blocks.tables import CellText, RenderedTable, cells_of, render_table


def cell_texts(table: RenderedTable) -> dict[tuple[int, int], str]:
    return {(cell.row, cell.column): table.text[cell.start : cell.end] for cell in table.cells}


def test_a_value_follows_the_heads_of_all_levels_above_it() -> None:
    table = render_table(
        [
            CellText(0, 1, "Year ended", column_span=2),
            CellText(1, 1, "2018"),
            CellText(1, 2, "2017"),
            CellText(2, 0, "Net sales"),
            CellText(2, 1, "32,765"),
            CellText(2, 2, "31,657"),
        ],
        head_rows=2,
    )
    assert table.text == ("Year ended\n2018 | 2017\nNet sales | Year ended 2018: 32,765 | Year ended 2017: 31,657")
    assert [cell.is_head for cell in table.cells] == [True, True, True, False, False, False]


def test_a_cell_that_spans_rows_stands_in_each_of_them() -> None:
    cells = [CellText(0, 0, "Europe", row_span=2), CellText(0, 1, "2018"), CellText(0, 2, "7")]
    cells += [CellText(1, 1, "2017"), CellText(1, 2, "6")]
    table = render_table(cells, head_rows=0)
    assert table.text == "Europe | 2018 | 7\nEurope | 2017 | 6"
    assert [table.text[piece.start : piece.end] for piece in table.pieces if piece.column == 0] == ["Europe", "Europe"]
    assert len(table.cells) == 5


def test_a_table_that_goes_on_keeps_the_heads_of_the_page_before() -> None:
    table = render_table(cells_of([["Debt", "5"]]), heads_above=["", "2018"])
    assert table.text == "Debt | 2018: 5"
    structure = table.as_table(10, caption="Balance", unit="in millions", continues=True)
    assert (structure.start, structure.end, structure.cells[1].start) == (10, 24, 23)


def test_a_table_only_for_the_layout_has_no_cells() -> None:
    assert render_table(cells_of([["Menu"], ["Text"]])) == RenderedTable("Menu\nText")
    assert render_table(cells_of([["Menu", "word " * 100]])).cells == ()


@given(st.lists(st.lists(st.text("ab1 \n", max_size=4), min_size=1, max_size=4), max_size=5))
def test_every_cell_and_every_copy_of_it_is_exactly_its_text(rows: list[list[str]]) -> None:
    table = render_table(cells_of(rows))
    kept = [row for row in rows if any(cell.split() for cell in row)]
    for (row, column), text in cell_texts(table).items():
        assert text == " ".join(kept[row][column].split())
    for piece in table.pieces:
        assert table.text[piece.start : piece.end] == cell_texts(table)[piece.row, piece.column]
