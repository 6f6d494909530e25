"""Rows of tables are read back out of a quote."""

from hypothesis import given
from hypothesis import strategies as st

from rag.text.table_rows import cell_values, table_rows

QUOTE = """Sales (in millions)
Year ended 2018 | 2017
Net sales | Year ended 2018: 32,765 | Year ended 2017: 31,657
Other | Year ended 2017: 7
See note 4."""


def test_a_value_stands_below_its_head_and_a_missing_one_leaves_a_gap() -> None:
    table = table_rows(QUOTE)
    assert table is not None
    assert table.before == "Sales (in millions)"
    assert table.heads == ("", "Year ended 2018", "Year ended 2017")
    assert table.rows == (("Net sales", "32,765", "31,657"), ("Other", "", "7"))
    assert table.after == "See note 4."


def test_one_row_is_a_table_and_a_time_is_no_head_of_its_own() -> None:
    assert table_rows("Opens | Monday: 10:30") == ("", ("", "Monday"), (("Opens", "10:30"),), "")


def test_a_table_without_heads_has_none() -> None:
    assert table_rows("a | b\nc | d") == ("", (), (("a", "b"), ("c", "d")), "")


def test_running_text_is_no_table() -> None:
    assert table_rows("One sentence: it has a colon.\nAnother.") is None
    assert table_rows("a | b\nText between.\nc | d") is None


@given(st.text("ab:| \n", max_size=40))
def test_no_word_of_a_quote_is_lost(quote: str) -> None:
    table = table_rows(quote)
    if table is not None:
        shown = " ".join([table.before, *table.heads, *(cell for row in table.rows for cell in row), table.after])
        assert {word.strip(":") for word in quote.split() if word != "|"} - {""} <= {
            w.strip(":") for w in shown.split()
        }


def test_the_values_of_cells_are_told_by_their_places_in_the_quote() -> None:
    quote = "Table 1.\nNet sales | 2018:  32,765 | at 9:30\n | 2018: | x \nThat is all."
    values = [[quote[cell.start : cell.end] for cell in row] for row in cell_values(quote)]
    assert values == [["Net sales", "32,765", "at 9:30"], ["", "2018:", "x"]]
    assert list(cell_values("No | table".replace(" | ", " "))) == []
