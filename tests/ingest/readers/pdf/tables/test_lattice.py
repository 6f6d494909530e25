"""Rulings that touch draw a grid; squares without a ruling between them are one cell."""

from collections.abc import Sequence

from ingest.readers.pdf.tables.lattice import find_lattices
from ingest.readers.pdf.tables.rulings import Ruling, Rulings


def ruled(across: Sequence[tuple[float, float, float]], down: Sequence[tuple[float, float, float]]) -> Rulings:
    return Rulings([Ruling(*line) for line in across], [Ruling(*line) for line in down])


def test_a_grid_has_a_cell_at_every_point() -> None:
    (lattice,) = find_lattices(ruled([(y, 0, 300) for y in (0, 20, 40, 60)], [(x, 0, 60) for x in (0, 100, 200, 300)]))
    assert (len(lattice.ys), len(lattice.xs)) == (4, 4)
    first, last = lattice.at(50, 50), lattice.at(250, 10)
    assert first is not None
    assert (first.row, first.column, first.rows, first.columns) == (0, 0, 1, 1)
    assert last is not None
    assert (last.row, last.column) == (2, 2)
    assert lattice.at(400, 10) is None


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
