"""Find the tables that rulings draw: the rulings of a page, their grid, the words in its cells, whether it is a table.

Rulings are straight lines and thin rectangles among the path objects of a page, in form XObjects too. A drawing may
have tens of thousands of paths, so the work is bounded: a page with more is taken for a drawing.
"""

import ctypes
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise, repeat
from typing import NamedTuple

import pypdfium2.raw as pdfium

from ingest.readers.blocks.geometry import Box, Characters, root, upright
from ingest.readers.blocks.tables import looks_like_head
from ingest.readers.pdf.grid import Grid, GridCell, GridRow
from ingest.readers.pdf.page_words import Row, Segment, Word, is_leader, is_value, is_year, visual_rows
from ingest.readers.pdf.pdfium import PdfPage, bind, object_bounds, object_kind, page_objects

MAX_OBJECTS = 50_000
MAX_PATHS = 8_000
MAX_SEGMENTS = 20_000
_MAX_DEPTH = 3
_THIN = 3.5
_SHORTEST = 4.0
_STRAIGHT = 0.6
_RECTANGLE = 5

_handle, _int, _address = ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p
_form_object = bind(pdfium.FPDFFormObj_GetObject, _handle, _handle, ctypes.c_ulong)
_segment_count = bind(pdfium.FPDFPath_CountSegments, _int, _handle)
_segment = bind(pdfium.FPDFPath_GetPathSegment, _handle, _handle, _int)
_segment_kind = bind(pdfium.FPDFPathSegment_GetType, _int, _handle)
_segment_point = bind(pdfium.FPDFPathSegment_GetPoint, _int, _handle, _address, _address)
_draw_mode = bind(pdfium.FPDFPath_GetDrawMode, _int, _handle, _address, _address)

_box_edges = (ctypes.c_float * 4)()
_edge_places = [ctypes.addressof(_box_edges) + 4 * side for side in range(4)]
_modes = (ctypes.c_int * 2)()
_mode_places = [ctypes.addressof(_modes), ctypes.addressof(_modes) + 4]

_SAME = 2.5
_TOUCHING = 4.0
_MAX_LINES = 1_500
_MAX_PAIRS = 300_000
MAX_CELLS = 60_000
_MAX_CELL = 400
_MIN_FILLED = 0.3
_MAX_HEADS = 5
_ALIGNED = 0.6
_MIN_LINES = 3
_MIN_EVEN = 3
_MAX_HEAD = 160
_SHORT = 40
_MANY = 0.4
_INSET = 1.5
_FILLS = 0.8


class Ruling(NamedTuple):
    """A straight line on the page as read: at `at` across its direction, from `first` to `last` along it."""

    at: float
    first: float
    last: float


class Rulings(NamedTuple):
    """The horizontal and vertical rulings of a page."""

    across: list[Ruling]
    down: list[Ruling]


class _Matrix(NamedTuple):
    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def apply(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, inner: "_Matrix") -> "_Matrix":
        """Return the matrix that applies `inner` first."""
        e, f = self.apply(inner.e, inner.f)
        return _Matrix(
            self.a * inner.a + self.c * inner.b,
            self.b * inner.a + self.d * inner.b,
            self.a * inner.c + self.c * inner.d,
            self.b * inner.c + self.d * inner.d,
            e,
            f,
        )


def object_count(page: PdfPage) -> int:
    """Return the number of objects a page is drawn with; to look for rulings among them takes time."""
    return int(pdfium.FPDFPage_CountObjects(page.handle))


def page_rulings(page: PdfPage, turn: int) -> Rulings:
    """Return the rulings of a page, turned as its text is; none if it is a drawing or has none that may end cells."""
    found = Rulings([], [])
    paths = list(_paths(page))
    if len(paths) > MAX_PATHS or not _may_divide(paths, turn):
        return found
    left_over = MAX_SEGMENTS
    for path, matrix in paths:
        boxes, used = _lines_of(path, matrix, left_over)
        left_over -= used
        if left_over <= 0:
            return Rulings([], [])
        for box in boxes:
            _add(found, upright(box, turn) if turn else box)
    return found


def _may_divide(paths: Sequence[tuple[int, _Matrix]], turn: int) -> bool:
    """Return True if some path is a line down the page, or may contain one."""
    for path, matrix in paths:
        if matrix is not _UNCHANGED:
            return True
        if not object_bounds(path, *_edge_places):
            continue
        width, height = _box_edges[2] - _box_edges[0], _box_edges[3] - _box_edges[1]
        if turn % 2:
            width, height = height, width
        if height <= _THIN:
            continue
        if width <= _THIN:
            return True
        _draw_mode(path, *_mode_places)
        if _modes[1] or (_modes[0] and _segment_count(path) > _RECTANGLE):
            return True
    return False


def _add(found: Rulings, box: Box) -> None:
    width, height = box.right - box.left, box.top - box.bottom
    if width >= height and width >= _SHORTEST:
        found.across.append(Ruling((box.bottom + box.top) / 2, box.left, box.right))
    elif height > width and height >= _SHORTEST:
        found.down.append(Ruling((box.left + box.right) / 2, box.bottom, box.top))


_UNCHANGED = _Matrix()


def _paths(page: PdfPage) -> Iterator[tuple[int, _Matrix]]:
    """Yield the paths of a page, each with the matrix of the forms around it."""
    objects = page_objects(page.handle, range(min(object_count(page), MAX_OBJECTS)))
    yield from _paths_among(objects, _UNCHANGED, 0, [MAX_OBJECTS])


def _paths_among(
    objects: Sequence[int], matrix: _Matrix, depth: int, budget: list[int]
) -> Iterator[tuple[int, _Matrix]]:
    budget[0] -= len(objects)
    kinds = list(map(object_kind, objects))
    if pdfium.FPDF_PAGEOBJ_PATH not in kinds and pdfium.FPDF_PAGEOBJ_FORM not in kinds:
        return
    for found, kind in zip(objects, kinds, strict=True):
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            yield found, matrix
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH and budget[0] > 0:
            form = ctypes.cast(found, pdfium.FPDF_PAGEOBJECT)
            count = min(max(0, pdfium.FPDFFormObj_CountObjects(form)), budget[0])
            inner = list(map(_form_object, repeat(found), range(count)))
            yield from _paths_among(inner, matrix.after(_matrix_of(found)), depth + 1, budget)


def _matrix_of(found: int) -> _Matrix:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(ctypes.cast(found, pdfium.FPDF_PAGEOBJECT), matrix)
    return _Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _lines_of(path: int, matrix: _Matrix, limit: int) -> tuple[list[Box], int]:
    """Return the boxes of the straight lines and thin rectangles of a path, and the segments read for it."""
    if not object_bounds(path, *_edge_places):
        return [], 1
    left, bottom, right, top = _box_edges
    corners = (matrix.apply(left, bottom), matrix.apply(right, top))
    box = Box(*map(min, *corners), *map(max, *corners))
    _draw_mode(path, *_mode_places)
    filled, stroked = _modes
    if not (filled or stroked):
        return [], 1
    if min(box.right - box.left, box.top - box.bottom) <= _THIN:
        return [box], 1
    count = _segment_count(path)
    if not stroked and count <= _RECTANGLE:
        return [], 1  # a shaded cell
    if count > limit:
        return [], count
    return list(_straight(path, count, matrix.after(_matrix_of(path)), stroked=bool(stroked))), count


def _straight(path: int, count: int, matrix: _Matrix, *, stroked: bool) -> Iterator[Box]:
    """Yield the straight, upright parts of a path; of one that is only filled, its thin rectangles."""
    part: list[tuple[float, float]] = []
    for at in range(count):
        segment = _segment(path, at)
        kind = _segment_kind(segment)
        _segment_point(segment, *_edge_places[:2])
        point = matrix.apply(_box_edges[0], _box_edges[1])
        if kind == pdfium.FPDF_SEGMENT_LINETO:
            part.append(point)
            if pdfium.FPDFPathSegment_GetClose(ctypes.cast(segment, pdfium.FPDF_PATHSEGMENT)):
                part.append(part[0])
        else:  # it moves on, or is a curve
            yield from _sides(part, stroked=stroked)
            part = [point]
    yield from _sides(part, stroked=stroked)


def _sides(part: Sequence[tuple[float, float]], *, stroked: bool) -> Iterator[Box]:
    if len(part) < 2:
        return
    xs, ys = zip(*part, strict=True)
    box = Box(min(xs), min(ys), max(xs), max(ys))
    if min(box.right - box.left, box.top - box.bottom) <= _THIN:
        yield box
    elif stroked:
        for (x, y), (to_x, to_y) in pairwise(part):
            if abs(x - to_x) <= _STRAIGHT or abs(y - to_y) <= _STRAIGHT:
                yield Box(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))


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

    for row, line in enumerate(across):
        for column, other in enumerate(down, start=len(across)):
            if (
                line.first - _TOUCHING <= other.at <= line.last + _TOUCHING
                and other.first - _TOUCHING <= line.at <= other.last + _TOUCHING
            ):
                parent[root(parent, row)] = root(parent, column)
    groups: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for place in range(len(parent)):
        group = groups.setdefault(root(parent, place), ([], []))
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
    return Lattice(ys, xs, _merged_squares(below, beside, rows, columns))


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


def _merged_squares(
    below: list[list[bool]], beside: list[list[bool]], rows: int, columns: int
) -> list[list[LatticeCell]]:
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


def ruled_table(lattice: Lattice, words: Sequence[Word]) -> tuple[Grid, list[Word]] | None:
    """Return the table in a lattice, and its words; None if it is a frame, a form or a layout."""
    placed: dict[LatticeCell, list[Word]] = {}
    inside: list[Word] = []
    for word in words:
        if is_leader(word.text):
            continue
        cell = lattice.at((word.left + word.right) / 2, (word.bottom + word.top) / 2)
        if cell:
            placed.setdefault(cell, []).append(word)
            inside.append(word)
    if len(placed) < 4 or any(sum(len(word.text) + 1 for word in cell) > _MAX_CELL for cell in placed.values()):
        return None
    rows = _rows(lattice, placed)
    columns = _used_columns(rows)
    rows = [_renumbered(row, columns) for row in rows]
    if len(columns) < 2 or sum(len(row.cells) > 1 for row in rows) < 2:
        return None
    filled = sum(cell.span for row in rows for cell in row.cells)
    if filled < _MIN_FILLED * len(rows) * len(columns):
        return None
    if _holds_columns(rows):
        return None
    grid = Grid(rows=rows, columns=len(columns), ruled=True, edges=_edges(lattice, columns))
    grid.heads = _heads(grid)
    if not _has_rows(grid):
        return None
    grid.heads_are_guessed = not any(map(_has_amounts, rows))
    return grid, inside


def _has_rows(grid: Grid) -> bool:
    """Return True if the body has two rows of several cells, or a full one: axes that cross in a diagram have not."""
    counts = [sum(cell.span for cell in row.cells) for row in grid.body if len(row.cells) > 1]
    return len(counts) > 1 or any(count >= _FILLS * grid.columns for count in counts)


def divided_at(lattice: Lattice, words: Sequence[Word], characters: Characters, turn: int) -> list[Word]:
    """Return words divided where a ruling between two cells runs through them."""
    found: list[Word] = []
    for word in words:
        middle = (word.bottom + word.top) / 2
        inset = min(_INSET, (word.right - word.left) / 4)
        first, last = lattice.at(word.left + inset, middle), lattice.at(word.right - inset, middle)
        if first is None or last is None or first == last:
            found.append(word)
        else:
            found += _pieces(lattice, word, middle, characters, turn)
    return found


def _pieces(lattice: Lattice, word: Word, middle: float, characters: Characters, turn: int) -> Iterator[Word]:
    """Yield the parts of a word between rulings: each character belongs to the cell of its middle."""
    boxes = [upright(box, turn) for box in characters.boxes(range(word.start, word.end))]
    owners = [lattice.at((box.left + box.right) / 2, middle) for box in boxes]
    for _, group in groupby(range(len(boxes)), key=owners.__getitem__):
        places = list(group)
        own = [boxes[place] for place in places]
        start, end = word.start + places[0], word.start + places[-1] + 1
        yield word._replace(
            start=start,
            end=end,
            left=min(box.left for box in own),
            right=max(box.right for box in own),
            text=word.text[places[0] : places[-1] + 1],
        )


def _holds_columns(rows: Sequence[GridRow]) -> bool:
    """Return True if cells have several amounts side by side: the rulings do not separate all columns."""
    crowded = sum(any(map(_is_crowded, row.cells)) for row in rows)
    return crowded > _MANY * len(rows)


def _is_crowded(cell: GridCell) -> bool:
    return any(any(segment.is_value for segment in line.segments[1:]) for line in visual_rows(cell.words))


def _rows(lattice: Lattice, placed: dict[LatticeCell, list[Word]]) -> list[GridRow]:
    by_row: dict[int, list[LatticeCell]] = {}
    for cell in placed:
        by_row.setdefault(cell.row, []).append(cell)
    found: list[GridRow] = []
    for row in sorted(by_row):
        cells = sorted(by_row[row], key=lambda cell: cell.column)
        if split := _split_rows(lattice, row, cells, placed):
            found += split
            continue
        lines = visual_rows([word for cell in cells for word in placed[cell]])
        if _is_divided(cells, lines, placed, lattice):
            found += [_line_row(line, cells, placed) for line in lines]
            continue
        bottom = lattice.ys[max(cell.row + cell.rows for cell in cells)]
        found.append(
            GridRow(
                [GridCell(cell.column, _in_order(placed[cell]), cell.columns, cell.rows) for cell in cells],
                bottom,
                lattice.ys[row],
            )
        )
    return found


def _split_rows(
    lattice: Lattice, row: int, cells: Sequence[LatticeCell], placed: dict[LatticeCell, list[Word]]
) -> list[GridRow]:
    """Return rows of their own where most cells have as many lines, nearly all of them numbers; else none."""
    lines = {cell: visual_rows(placed[cell]) for cell in cells}
    count = Counter(len(own) for own in lines.values()).most_common(1)[0][0]
    even = [cell for cell in cells if len(lines[cell]) == count]
    if count < 2 or len(even) < _MIN_EVEN or len(even) < _ALIGNED * len(cells):
        return []
    if any(len(lines[cell]) not in (1, count) for cell in cells):
        return []
    values = sum(is_value([word.text for word in line.words]) for cell in even for line in lines[cell])
    if values < _ALIGNED * count * len(even):
        return []
    found = []
    for number in range(count):
        own = [
            GridCell(cell.column, _in_order(placed[cell]), cell.columns, count)
            if len(lines[cell]) == 1 and number == 0
            else GridCell(cell.column, lines[cell][number].words, cell.columns)
            for cell in cells
            if len(lines[cell]) == count or number == 0
        ]
        height = (lattice.ys[row] - lattice.ys[row + 1]) / count
        found.append(GridRow(own, lattice.ys[row] - height * (number + 1), lattice.ys[row] - height * number))
    return found


def _in_order(words: Iterable[Word]) -> list[Word]:
    return [word for row in visual_rows(list(words)) for word in row.words]


def _is_divided(
    cells: Sequence[LatticeCell], lines: Sequence[Row], placed: dict[LatticeCell, list[Word]], lattice: Lattice
) -> bool:
    """Return True if lines of words in one row of a lattice are rows of their own: nearly all fill its columns."""
    if len(lines) < _MIN_LINES or len(cells) < 2 or any(cell.rows > 1 for cell in cells):
        return False
    if _is_even(cells, lines, placed, lattice):
        return True
    owners = {word: cell for cell in cells for word in placed[cell]}
    full = 0
    values = 0
    for line in lines:
        seen = {owners[word] for word in line.words}
        full += len(seen) > 1 and len(seen) >= _ALIGNED * len(cells)
        values += any(is_value([word.text]) for word in line.words)
    return full >= _ALIGNED * len(lines) and values >= _ALIGNED * len(lines)


def _is_even(
    cells: Sequence[LatticeCell], lines: Sequence[Row], placed: dict[LatticeCell, list[Word]], lattice: Lattice
) -> bool:
    """Return True if every cell has text on every line, and no line fills its cell, as wrapped text does."""
    for cell in cells:
        own = visual_rows(placed[cell])
        width = lattice.xs[cell.column + cell.columns] - lattice.xs[cell.column]
        if len(own) != len(lines) or any(line.right - line.left > _FILLS * width for line in own[:-1]):
            return False
    return True


def _line_row(line: Row, cells: Sequence[LatticeCell], placed: dict[LatticeCell, list[Word]]) -> GridRow:
    found = []
    for cell in cells:
        own = set(placed[cell])
        words = [word for word in line.words if word in own]
        if words:
            found.append(GridCell(cell.column, words, cell.columns))
    return GridRow(found, line.bottom, line.top)


def _used_columns(rows: Sequence[GridRow]) -> list[int]:
    """Return the columns in which some cell begins; others are gaps between double rulings."""
    return sorted({cell.column for row in rows for cell in row.cells})


def _renumbered(row: GridRow, columns: Sequence[int]) -> GridRow:
    cells = []
    for cell in row.cells:
        covered = [place for place, column in enumerate(columns) if cell.column <= column < cell.column + cell.span]
        cells.append(GridCell(covered[0], cell.words, len(covered), cell.rows))
    return GridRow(cells, row.bottom, row.top)


def _edges(lattice: Lattice, columns: Sequence[int]) -> list[tuple[float, float]]:
    ends = [*columns[1:], len(lattice.xs) - 1]
    return [(lattice.xs[column], lattice.xs[end]) for column, end in zip(columns, ends, strict=True)]


def _heads(grid: Grid) -> int:
    """Return how many rows name columns: those above the first amounts, or one of short, distinct words."""
    amounts = [at for at, row in enumerate(grid.rows) if _has_amounts(row)]
    if amounts and amounts[0] == 0:
        return 0
    first = next((at for at, row in enumerate(grid.rows) if len(row.cells) > 1), 0)
    last = first + 1
    while last < min(len(grid.rows) - 1, first + _MAX_HEADS) and _goes_on(grid, first, last):
        last += 1
    if amounts and first < amounts[0] and all(not _has_amounts(row) for row in grid.rows[first:last]):
        return last
    texts = [[_text(row, column) for column in range(grid.columns)] for row in grid.rows[last - 1 :]]
    return last if last > first + 1 or looks_like_head(texts) or _names_columns(texts) else 0


def _names_columns(texts: Sequence[Sequence[str]]) -> bool:
    """Return True if the first of at least three columns' rows is full of long names, and what follows is short."""
    head, rest = texts[0], [text for row in texts[1:] for text in row[1:] if text]
    if len(head) < _MIN_EVEN or not all(head) or len(set(head)) < len(head) or not rest:
        return False
    if any(len(text) > _MAX_HEAD or is_value(text.split()) for text in head):
        return False
    return sum(len(text) <= _SHORT for text in rest) > _FILLS * len(rest)


def _goes_on(grid: Grid, first: int, last: int) -> bool:
    """Return True if the row of heads above spans columns or rows, so that row `last` has heads too."""
    if _has_amounts(grid.rows[last]):
        return False
    for at in range(first, last):
        for cell in grid.rows[at].cells:
            if cell.rows > last - at:
                return True
    above = grid.rows[last - 1]
    return any(1 < cell.span < grid.columns for cell in above.cells) and len(grid.rows[last].cells) > 1


def _text(row: GridRow, column: int) -> str:
    cell = row.cell(column)
    return cell.text if cell else ""


def _has_amounts(row: GridRow) -> bool:
    cells = [cell for cell in row.cells if cell.is_value]
    return any(not is_year(Segment(cell.words)) and any(map(str.isdigit, cell.text)) for cell in cells)
