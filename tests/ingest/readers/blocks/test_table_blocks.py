"""Tables become blocks that carry their heads, however long or wide they are."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.blocks.block import Block, PageBreak
from ingest.readers.blocks.table_blocks import TableStyle, plain_rows, printed_table_blocks, rows_of, table_blocks
from ingest.readers.blocks.tables import CellText


def test_rows_are_read_as_a_stream() -> None:
    read = 0

    def rows() -> Iterator[list[str]]:
        nonlocal read
        for at in range(100_000):
            read += 1
            yield ["a", str(at)]

    next(table_blocks(plain_rows(rows())))
    assert read < 1000


def test_a_title_row_is_a_caption_and_a_unit_in_the_corner_is_no_head_of_the_rows() -> None:
    rows = [["Sales"], ["(in millions)", "2018", "2017"], ["Net sales", "5", "4"], ["Costs", "3", "2"]]
    title, table = table_blocks(plain_rows(rows))
    assert (title.text, title.kind) == ("Sales", "caption")
    assert table.text == "(in millions) | 2018 | 2017\nNet sales | 2018: 5 | 2017: 4\nCosts | 2018: 3 | 2017: 2"
    assert (table.structure.tables[0].caption, table.structure.tables[0].unit) == ("Sales", "in millions")


def test_a_cell_that_spans_into_the_next_block_is_in_both() -> None:
    cells = [CellText(0, 0, "all", row_span=500), *(CellText(row, 1, f"row {row}") for row in range(500))]
    blocks = list(table_blocks(rows_of(cells)))
    assert len(blocks) == 3
    assert all(line.startswith("all | row ") for block in blocks for line in block.text.split("\n"))


def test_the_end_of_a_page_stays_where_it_is_among_the_rows() -> None:
    head, *body = plain_rows([["City", "Sales"], ["Rome", "1"], ["Oslo", "2"]])
    first, mark, second = printed_table_blocks([head, body[0], PageBreak(1), body[1]])
    assert isinstance(first, Block)
    assert isinstance(second, Block)
    assert (first.text, mark, second.text) == (
        "City | Sales\nCity: Rome | Sales: 1",
        PageBreak(1),
        "City: Oslo | Sales: 2",
    )
    assert second.continues


def test_one_row_or_one_column_is_no_table() -> None:
    for rows in ([["a", "b"]], [["a"], ["b"]]):
        (block,) = table_blocks(plain_rows(rows))
        assert (block.kind, block.structure.tables) == ("paragraph", ())
    assert list(table_blocks([])) == []


def test_long_prose_is_a_layout_unless_the_file_says_table() -> None:
    rows = [["Menu", "word " * 100], ["Foot", "x"]]
    assert next(table_blocks(plain_rows(rows))).structure.tables == ()
    assert len(next(table_blocks(plain_rows(rows), TableStyle(0, is_certain=True))).structure.tables) == 1


@given(st.lists(st.lists(st.text("aB1 \n\x00\x85|", max_size=6), min_size=1, max_size=5), max_size=12))
def test_every_cell_is_where_the_structure_says(rows: list[list[str]]) -> None:
    texts = {" ".join(cell.replace("\x00", "").replace("\x85", " ").split()) for row in rows for cell in row}
    for block in table_blocks(plain_rows(rows), TableStyle(1, is_certain=True)):
        for table in block.structure.tables:
            for cell in table.cells:
                assert block.text[cell.start : cell.end] in texts
