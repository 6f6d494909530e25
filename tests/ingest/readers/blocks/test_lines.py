"""Lines come in reading order, column by column, but tables row by row."""

from pathlib import Path

import pytest

from tests.support.documents.pdfs import LEFT, RIGHT, Words, read_pdf, two_columns, write_words


@pytest.mark.parametrize(("rotation", "turned"), [(0, False), (90, False), (270, False), (90, True), (180, True)])
def test_columns_drawn_row_by_row_are_read_column_by_column(tmp_path: Path, rotation: int, turned: bool) -> None:
    rows = [words for pair in two_columns() for words in pair]
    title = Words(60, 740, "A title that stands above both of the columns of text", 12)
    path = write_words(tmp_path / "rows.pdf", [[title, *rows]], rotation=rotation, turned=turned)
    assert [line for line in read_pdf(path)[0].text.split("\n") if line] == [title.text, *LEFT, *RIGHT]


def test_columns_drawn_in_the_wrong_order_are_put_right(tmp_path: Path) -> None:
    left, right = zip(*two_columns(), strict=True)
    path = write_words(tmp_path / "columns.pdf", [[*right, *left]])
    assert [line for line in read_pdf(path)[0].text.split("\n") if line] == [*LEFT, *RIGHT]


def test_a_table_keeps_its_rows(tmp_path: Path) -> None:
    rows = [
        words
        for at in range(20)
        for words in (Words(60, 700 - 14 * at, f"Item of revenue number {at}"), Words(400, 700 - 14 * at, f"{at},205"))
    ]
    text = read_pdf(write_words(tmp_path / "table.pdf", [rows]))[0].text
    assert [" ".join(line.split()) for line in text.split("\n") if line] == [
        f"Item of revenue number {at} | {at},205" for at in range(20)
    ]
