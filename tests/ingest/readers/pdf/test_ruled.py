"""Rulings that touch draw a grid, which is read cell by cell; frames, forms and layouts are left as text."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.readers.pdf.pdfium import open_pdf
from ingest.readers.pdf.ruled import MAX_SEGMENTS, Ruling, Rulings, find_lattices, page_rulings
from tests.support.documents.pdfs import Words, read_pdf, write_words
from tests.support.documents.table_pdfs import grid_lines, write_ruled


def ruled(across: Sequence[tuple[float, float, float]], down: Sequence[tuple[float, float, float]]) -> Rulings:
    return Rulings([Ruling(*line) for line in across], [Ruling(*line) for line in down])


def test_cells_span_rows_and_columns() -> None:
    across = [(0, 0, 300), (20, 0, 300), (40, 100, 300), (60, 0, 300)]
    down = [(0, 0, 60), (100, 0, 60), (200, 0, 40), (300, 0, 60)]
    (lattice,) = find_lattices(ruled(across, down))
    head, label = lattice.at(150, 50), lattice.at(50, 50)
    assert head is not None
    assert (head.columns, head.rows) == (2, 1)
    assert label is not None
    assert (label.columns, label.rows) == (1, 2)


def test_broken_lines_are_joined_and_open_sides_closed() -> None:
    across = [(y, x, x + 98) for y in (0, 20, 40) for x in (0, 100, 200)]
    (lattice,) = find_lattices(ruled(across, [(100, 0, 40), (200, 0, 40)]))
    assert len(lattice.xs) == 4


def test_a_frame_and_underlines_are_no_grid() -> None:
    frame = ruled([(0, 0, 300), (60, 0, 300)], [(0, 0, 60), (300, 0, 60)])
    assert find_lattices(frame) == []
    assert find_lattices(ruled([(20 * number, 0, 300) for number in range(9)], [])) == []


def test_thousands_of_rulings_are_a_drawing() -> None:
    lines = [(2.0 * number, 0.0, 4000.0) for number in range(2000)]
    many = ruled(
        [(at * 2, first, last) for at, first, last in lines], [(at * 2, first, last) for at, first, last in lines]
    )
    assert find_lattices(many) == []


def test_cells_follow_the_heads_of_their_columns(tmp_path: Path) -> None:
    path = write_ruled(
        tmp_path / "t.pdf", [["Name", "City", "Staff"], ["Acme", "Bonn", "12"], ["Widgets", "Rome", "7"]]
    )
    (page,) = read_pdf(path)
    assert page.text.splitlines() == [
        "Name | City | Staff",
        "Name: Acme | City: Bonn | Staff: 12",
        "Name: Widgets | City: Rome | Staff: 7",
    ]
    (table,) = page.structure.tables
    assert [page.text[cell.start : cell.end] for cell in table.cells if not cell.is_head][:3] == ["Acme", "Bonn", "12"]


def test_a_word_over_a_ruling_is_divided(tmp_path: Path) -> None:
    rows = [["State", "Permits", "Guns"], ["Ohio", "", ""], ["Iowa", "3", "4"]]
    xs, ys = [60, 180, 300, 420], [700, 680, 660, 640]
    words = [
        Words(64 + 120 * column, 686 - 20 * number, text)
        for number, row in enumerate(rows)
        for column, text in enumerate(row)
        if text
    ]
    path = write_words(tmp_path / "t.pdf", [[*words, Words(288, 666, "1234")]], drawn=grid_lines(xs, ys))
    assert "State: Ohio | Permits: 12 | Guns: 34" in read_pdf(path)[0].text


def test_a_layout_stays_text(tmp_path: Path) -> None:
    lines = [Words(64, 686 - 12 * at, "Long text that fills the cell of a layout") for at in range(12)]
    side = [Words(364, 686 - 12 * at, "and more text beside it in another") for at in range(12)]
    shapes = grid_lines([60, 340, 590], [700, 540, 400])
    path = write_words(tmp_path / "t.pdf", [[*lines, *side, Words(64, 500, "a"), Words(364, 500, "b")]], drawn=shapes)
    assert read_pdf(path)[0].structure.tables == ()


def test_a_head_over_several_columns_is_said_in_each(tmp_path: Path) -> None:
    words = [Words(184, 686, "Results"), Words(64, 666, "Group"), Words(184, 666, "Right"), Words(304, 666, "Wrong")]
    words += [Words(64, 646, "Blind"), Words(184, 646, "34"), Words(304, 646, "12")]
    shapes = "\n".join(
        [
            *(f"60 {y} m 420 {y} l S" for y in (700, 660, 640)),
            "180 680 m 420 680 l S",
            *(f"{x} 640 m {x} 700 l S" for x in (60, 180, 420)),
            "300 640 m 300 680 l S",
        ]
    )
    text = read_pdf(write_words(tmp_path / "t.pdf", [words], drawn=shapes))[0].text
    assert "Group: Blind | Results Right: 34 | Results Wrong: 12" in text


def test_axes_that_cross_in_a_diagram_are_no_table(tmp_path: Path) -> None:
    words = [Words(64, 686, "x"), Words(310, 686, "y"), Words(184, 600, "r"), Words(310, 520, "z")]
    path = write_words(tmp_path / "t.pdf", [words], drawn=grid_lines([60, 180, 300, 420], [700, 660, 580, 500]))
    assert read_pdf(path)[0].structure.tables == ()


def rulings(path: Path, shapes: str) -> Rulings:
    write_words(path, [[Words(60, 60, "text")]], drawn=shapes)
    with open_pdf(path) as pdf, pdf.page(0) as page:
        return page_rulings(page, 0)


@pytest.mark.parametrize(
    "shapes",
    [
        "100 200 m 300 200 l S 100 200 m 100 300 l S",
        "100 200 200 0.5 re f 100 200 0.5 100 re f",
        "100 200 m 300 200 l 100 200 m 100 300 l S",
        "1 0 0 1 100 0 cm 0 200 m 200 200 l S 0 200 m 0 300 l S",
    ],
    ids=["lines", "thin rectangles", "one path", "moved"],
)
def test_lines_are_found_where_they_are_drawn(tmp_path: Path, shapes: str) -> None:
    found = rulings(tmp_path / "lines.pdf", shapes)
    (across,), (down,) = found.across, found.down
    assert tuple(across) == pytest.approx((200, 100, 300), abs=1)
    assert tuple(down) == pytest.approx((100, 200, 300), abs=1)


def test_a_stroked_rectangle_has_four_sides_and_a_shade_none(tmp_path: Path) -> None:
    frame = rulings(tmp_path / "frame.pdf", "100 200 200 100 re S")
    assert (len(frame.across), len(frame.down)) == (2, 2)
    assert rulings(tmp_path / "shade.pdf", "100 200 200 100 re f") == Rulings([], [])


def test_slanted_lines_and_drawings_are_left_out(tmp_path: Path) -> None:
    assert rulings(tmp_path / "slant.pdf", "100 200 m 300 300 l S") == Rulings([], [])
    steps = " ".join(f"{100 + at % 300} {100 + at % 290} l" for at in range(MAX_SEGMENTS + 10))
    assert rulings(tmp_path / "drawing.pdf", f"100 100 m {steps} S") == Rulings([], [])
