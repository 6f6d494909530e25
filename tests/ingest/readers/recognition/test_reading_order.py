"""Columns are read one after the other, and rows of tables across."""

from ingest.readers.blocks.geometry import Box
from ingest.readers.recognition.reading_order import Fragment, rows_in_reading_order


def piece(text: str, left: float, top: float, width: float = 150) -> Fragment:
    box = Box(left, -top - 11, left + width, -top)
    step = width / len(text)
    return Fragment(text, 1.0, box, tuple(left + at * step for at in range(len(text) + 1)))


def read(fragments: list[Fragment]) -> list[str]:
    return [" | ".join(part.text for part in row) for row in rows_in_reading_order(fragments)]


LEFT = [f"left line {at} of the prose goes on" for at in range(5)]
RIGHT = [f"right line {at} of the prose goes on" for at in range(5)]


def columns(top: float = 0) -> list[Fragment]:
    return [
        *(piece(text, 0, top + 13 * at) for at, text in enumerate(LEFT)),
        *(piece(text, 170, top + 13 * at) for at, text in enumerate(RIGHT)),
    ]


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    assert read(columns()) == LEFT + RIGHT


def test_a_title_and_a_foot_over_both_columns_stay_before_and_after_them() -> None:
    page = [piece("A title over the whole page", 0, 0, 320), *columns(20), piece("A foot of the page", 0, 130, 320)]
    assert read(page) == ["A title over the whole page", *LEFT, *RIGHT, "A foot of the page"]


def test_authors_side_by_side_above_columns_stay_rows() -> None:
    authors = [piece("Ann Ames", 0, 0, 60), piece("Bob Best", 170, 0, 60)]
    authors += [piece("Aarhus", 0, 13, 60), piece("Bath", 170, 13, 60)]
    assert read([*authors, *columns(50)]) == ["Ann Ames | Bob Best", "Aarhus | Bath", *LEFT, *RIGHT]


def test_rows_of_a_table_are_read_across() -> None:
    cells = [piece(f"{name} {row}", 80 * column, 13 * row, 50) for row in range(6) for column, name in enumerate("abc")]
    assert read(cells) == [f"a {row} | b {row} | c {row}" for row in range(6)]


def test_blocks_whose_lines_are_not_level_are_read_one_after_the_other() -> None:
    receipt = [piece(f"receipt {at}", 0, 13 * at, 60) for at in range(5)]
    payment = [piece(f"payment {at}", 170, 6 + 17 * at, 60) for at in range(5)]
    assert read(receipt + payment) == [part.text for part in receipt + payment]


def test_three_columns_are_read_from_the_left() -> None:
    page = [piece(f"column {c} line {at} of prose", 170 * c, 13 * at) for c in range(3) for at in range(5)]
    assert read(page) == [part.text for part in page]


def test_nothing_is_lost_and_nothing_read_twice() -> None:
    page = [piece(f"word {at}", (37 * at) % 200, (53 * at) % 160, 20 + at % 30) for at in range(60)]
    assert sorted(part.text for row in rows_in_reading_order(page) for part in row) == sorted(p.text for p in page)
