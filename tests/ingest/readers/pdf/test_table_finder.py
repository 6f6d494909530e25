"""Pages without tables cost little and stay as they are; hostile ones are bounded."""

import time
from pathlib import Path

import pytest

from ingest.readers.blocks.geometry import Line
from ingest.readers.pdf.table_finder import sparse_lines
from tests.support.documents.pdfs import Words, read_pdf, two_columns, write_words
from tests.support.documents.table_pdfs import grid_lines, typescript

PROSE = [Words(60, 760 - 14 * at, f"Line {at} of a page of prose that has no gaps at all") for at in range(40)]
TABLE = ["                     2018        2017", "Net sales          32,765      31,657", "Cost  16,682  16,055"]


def test_lines_with_gaps_and_lines_beside_each_other_are_sparse() -> None:
    dense = Line(0, 40, 60, 100, 260, 110)
    gappy = Line(41, 61, 60, 80, 460, 90)
    beside = [Line(62, 70, 60, 60, 100, 70), Line(71, 79, 200, 60, 240, 70)]
    assert sparse_lines([dense, gappy, *beside]) == [False, True, True, True]


def test_prose_and_columns_of_prose_have_no_tables(tmp_path: Path) -> None:
    columns = [words for pair in two_columns() for words in pair]
    pages = read_pdf(write_words(tmp_path / "prose.pdf", [PROSE, columns]))
    assert [page.structure.tables for page in pages] == [(), ()]


@pytest.mark.parametrize(("rotation", "turned"), [(90, False), (90, True), (180, True)])
def test_rotated_pages_have_their_tables(tmp_path: Path, rotation: int, turned: bool) -> None:
    lines = typescript([*TABLE[:2], "Cost of sales      16,682      16,055"])
    path = write_words(tmp_path / "turned.pdf", [lines], rotation=rotation, turned=turned)
    assert "Net sales | 2018: 32,765 | 2017: 31,657" in read_pdf(path)[0].text


def test_a_drawing_of_many_lines_is_no_table(tmp_path: Path) -> None:
    shapes = "\n".join(f"{60 + at % 400} {60 + at // 9} m {70 + at % 400} {60 + at // 9} l S" for at in range(6000))
    started = time.thread_time()
    (page,) = read_pdf(write_words(tmp_path / "drawing.pdf", [PROSE], drawn=shapes))
    assert page.structure.tables == ()
    assert time.thread_time() - started < 20


def test_an_empty_grid_is_no_table(tmp_path: Path) -> None:
    shapes = grid_lines([60, 180, 300], [700, 680, 660])
    assert read_pdf(write_words(tmp_path / "empty.pdf", [PROSE[:2]], drawn=shapes))[0].structure.tables == ()


def test_single_signs_of_a_formula_are_no_table(tmp_path: Path) -> None:
    lines = typescript(["x     1     2", "y     3     4", "z     5     6"])
    assert read_pdf(write_words(tmp_path / "signs.pdf", [lines]))[0].structure.tables == ()
