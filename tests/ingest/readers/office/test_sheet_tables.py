"""Tables of a sheet are found between empty rows and columns, with their titles and heads."""

from collections.abc import Iterable, Sequence

from ingest.readers.blocks.block import Block, Note
from ingest.readers.office.sheet_tables import Hidden, Spans, sheet_blocks, text_cells


def blocks_of(rows: Iterable[Sequence[str]], spans: Spans | None = None) -> list[Block]:
    return [one for one in sheet_blocks("Q1", text_cells(rows, spans or {})) if isinstance(one, Block)]


def texts_of(rows: Iterable[Sequence[str]], spans: Spans | None = None) -> list[str]:
    return [block.text for block in blocks_of(rows, spans)][1:]


def test_empty_rows_divide_tables_that_have_heads_of_their_own() -> None:
    rows = [["A", "B", "C"], ["1", "2", "3"], [], ["", "D", "E", "F"], ["", "4", "5", "6"]]
    assert texts_of(rows) == ["A | B | C\nA: 1 | B: 2 | C: 3", "D | E | F\nD: 4 | E: 5 | F: 6"]


def test_tables_beside_each_other_are_told_apart_where_both_have_heads() -> None:
    rows = [["City", "Sales", "", "Town", "Costs"], ["Rome", "1", "", "Bath", "3"], ["Oslo", "2", "", "York", "4"]]
    assert texts_of(rows) == [
        "City | Sales\nCity: Rome | Sales: 1\nCity: Oslo | Sales: 2",
        "Town | Costs\nTown: Bath | Costs: 3\nTown: York | Costs: 4",
    ]


def test_an_empty_column_within_a_table_divides_nothing() -> None:
    rows = [["", "2018", "", "2017"], ["Net sales", "5", "", "4"], ["Costs", "3", "", "2"]]
    assert texts_of(rows) == ["2018 | 2017\nNet sales | 2018: 5 | 2017: 4\nCosts | 2018: 3 | 2017: 2"]


def test_heads_over_an_empty_row_belong_to_the_numbers_below_it() -> None:
    rows = [["In millions of CHF", "2023", "2022"], [], ["Water", "7", "6"], ["Coffee", "9", "8"]]
    blocks = blocks_of(rows)
    assert blocks[1].text == "In millions of CHF | 2023 | 2022\nWater | 2023: 7 | 2022: 6\nCoffee | 2023: 9 | 2022: 8"
    assert blocks[1].structure.tables[0].unit == "In millions of CHF"


def test_hidden_rows_are_read_and_said() -> None:
    *_, note = sheet_blocks("Q1", text_cells([["a", "b"]]), Hidden(rows=2, columns=1))
    assert note == Note("what is hidden is read too: 2 hidden rows and 1 hidden column")
