"""Find the grids that rulings draw: their lines, and the cells between them (pure)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ingest.readers.pdf.tables.rulings import Ruling, Rulings

_SAME = 2.5
_TOUCHING = 4.0
_MAX_LINES = 1_500
_MAX_PAIRS = 300_000
MAX_CELLS = 60_000


class LatticeCell(NamedTuple):
    """A cell of a lattice: its first row and column, and how many of each it covers."""

    row: int
    column: int
    rows: int
    columns: int


class Lattice(NamedTuple):
    """Lines across from the top down, lines down from the left, and for each square the cell it belongs to."""

    ys: list[float]
    xs: list[float]
    cells: list[list[LatticeCell]]

    def at(self, x: float, y: float) -> LatticeCell | None:
        """Return the cell at a point, None outside."""
        column = bisect_right(self.xs, x) - 1
        row = bisect_right([-other for other in self.ys], -y) - 1
        if 0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1:
            return self.cells[row][column]
        return None


def find_lattices(rulings: Rulings) -> list[Lattice]:
    """Return the grids of at least two rows and two columns, the smallest first."""
    across, down = _merged(rulings.across), _merged(rulings.down)
    if len(down) < 1 or len(across) + len(down) > _MAX_LINES or len(across) * len(down) > _MAX_PAIRS:
        return []
    found = []
    for rows, columns in _connected(across, down):
        lattice = _lattice(rows, columns)
        if lattice:
            found.append(lattice)
    return sorted(found, key=lambda lattice: (lattice.xs[-1] - lattice.xs[0]) * (lattice.ys[0] - lattice.ys[-1]))


def _merged(rulings: Iterable[Ruling]) -> list[Ruling]:
    """Join rulings in one line that touch."""
    lines: list[list[Ruling]] = []
    for ruling in sorted(rulings):
        if lines and ruling.at - lines[-1][0].at <= _SAME:
            lines[-1].append(ruling)
        else:
            lines.append([ruling])
    found: list[Ruling] = []
    for line in lines:
        at = sum(ruling.at for ruling in line) / len(line)
        parts: list[list[float]] = []
        for ruling in sorted(line, key=lambda ruling: ruling.first):
            if parts and ruling.first - parts[-1][1] <= _TOUCHING:
                parts[-1][1] = max(parts[-1][1], ruling.last)
            else:
                parts.append([ruling.first, ruling.last])
        found += [Ruling(at, first, last) for first, last in parts]
    return found


def _connected(across: Sequence[Ruling], down: Sequence[Ruling]) -> list[tuple[list[Ruling], list[Ruling]]]:
    parent = list(range(len(across) + len(down)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for row, line in enumerate(across):
        for column, other in enumerate(down, start=len(across)):
            if (
                line.first - _TOUCHING <= other.at <= line.last + _TOUCHING
                and other.first - _TOUCHING <= line.at <= other.last + _TOUCHING
            ):
                parent[root(row)] = root(column)
    groups: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for place in range(len(parent)):
        group = groups.setdefault(root(place), ([], []))
        if place < len(across):
            group[0].append(across[place])
        else:
            group[1].append(down[place - len(across)])
    return [group for group in groups.values() if group[0] and group[1]]


def _lattice(across: Sequence[Ruling], down: Sequence[Ruling]) -> Lattice | None:
    xs = _places([line.at for line in down] + [end for line in across for end in (line.first, line.last)])
    ys = _places([line.at for line in across] + [end for line in down for end in (line.first, line.last)])[::-1]
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 2 or columns < 2 or rows * columns > MAX_CELLS:
        return None
    below = [[False] * columns for _ in range(rows)]
    beside = [[False] * columns for _ in range(rows)]
    for line in across:
        edge = _index(ys, line.at)
        if 0 < edge <= rows:
            for column in range(columns):
                if line.first - _SAME <= (xs[column] + xs[column + 1]) / 2 <= line.last + _SAME:
                    below[edge - 1][column] = True
    for line in down:
        edge = _index(xs, line.at)
        if 0 < edge <= columns:
            for row in range(rows):
                if line.first - _SAME <= (ys[row] + ys[row + 1]) / 2 <= line.last + _SAME:
                    beside[row][edge - 1] = True
    return Lattice(ys, xs, _cells(below, beside, rows, columns))


def _places(values: Iterable[float]) -> list[float]:
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= _TOUCHING:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _index(places: Sequence[float], value: float) -> int:
    return min(range(len(places)), key=lambda place: abs(places[place] - value))


def _cells(below: list[list[bool]], beside: list[list[bool]], rows: int, columns: int) -> list[list[LatticeCell]]:
    """Return for each square its cell: squares without a line between them are one, if they form a rectangle."""
    owner: list[list[LatticeCell | None]] = [[None] * columns for _ in range(rows)]
    for row in range(rows):
        for column in range(columns):
            if owner[row][column] is not None:
                continue
            wide = 1
            while column + wide < columns and not beside[row][column + wide - 1] and owner[row][column + wide] is None:
                wide += 1
            high = 1
            while row + high < rows and _is_open(below, beside, row + high, column, wide, columns):
                high += 1
            cell = LatticeCell(row, column, high, wide)
            for y in range(row, row + high):
                for x in range(column, column + wide):
                    owner[y][x] = cell
    return [[cell for cell in line if cell is not None] for line in owner]


def _is_open(below: list[list[bool]], beside: list[list[bool]], row: int, column: int, wide: int, columns: int) -> bool:
    """Return True if a row of squares belongs to the cell above it."""
    last = column + wide - 1
    if any(below[row - 1][x] for x in range(column, column + wide)) or any(beside[row][x] for x in range(column, last)):
        return False
    return last == columns - 1 or beside[row][last]
