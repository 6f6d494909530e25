"""Find the tables of a page.

Most pages have none, so the lines' own boxes tell first whether there may be some, and only the lines around those
with gaps are looked at word by word. The page's rulings are read where that costs little, or where words alone do not
explain the gaps.
"""

from collections.abc import Sequence
from statistics import median

from ingest.readers.blocks.geometry import Characters, Line
from ingest.readers.blocks.lines import text_columns
from ingest.readers.pdf.aligned import aligned_tables
from ingest.readers.pdf.grid import Grid
from ingest.readers.pdf.heads import complete_names, title_ruled
from ingest.readers.pdf.page_words import Row, Word, page_words, visual_rows
from ingest.readers.pdf.pdfium import PdfPage
from ingest.readers.pdf.placement import table_lines
from ingest.readers.pdf.ruled import Lattice, divided_at, find_lattices, object_count, page_rulings, ruled_table

_MIN_SPARSE = 2
_SPARSE = 1.25
_LONG = 30
_VERY_LONG = 60
_MIN_PROSE_LINES = 3
_VALUE_ENDS = "0123456789)%—–-$€£*"
_AROUND = 5
_FEW_OBJECTS = 2_000
_EDGE_ROWS = 3
_MIN_CHARACTERS = 3
_NAMED = 0.6
MAX_WORDS = 20_000


def find_tables(page: PdfPage, characters: Characters, lines: Sequence[Line], turn: int) -> list[Grid]:
    """Return the tables among the lines of a page, from the top down."""
    sparse = sparse_lines(lines)
    objects = object_count(page)
    lattices: list[Lattice] | None = None
    if sum(sparse) < _MIN_SPARSE:
        if objects > _FEW_OBJECTS or len(lines) < _MIN_SPARSE:
            return []
        lattices = find_lattices(page_rulings(page, turn))
        if not lattices:
            return []
    whole = None if lattices else _stay_whole(characters.text, lines, sparse)
    words = page_words(characters, lines, turn, whole or ())
    if len(words) > MAX_WORDS:
        return []
    found, blocks = _aligned(characters.text, lines, words)
    if lattices is None and (objects <= _FEW_OBJECTS or not _explain(found, lines, sparse)):
        lattices = find_lattices(page_rulings(page, turn))
    if lattices:
        words = page_words(characters, lines, turn) if whole else words
        ruled, rest = _ruled(lattices, characters, words, turn)
        if ruled:
            found, blocks = _aligned(characters.text, lines, rest)
            for grid in ruled:
                for rows in blocks:
                    title_ruled(grid, rows)
            found += ruled
    found = [grid for grid in found if not _is_scattered(grid)]
    found.sort(key=lambda grid: -grid.rows[0].top)
    return [complete_names(_marked(grid, blocks, found)) for grid in found]


def sparse_lines(lines: Sequence[Line]) -> list[bool]:
    """Return for each line whether it has gaps or stands beside another, by the room its characters take."""
    rates = [(line.right - line.left) / (line.end - line.start) for line in lines if line.end - line.start >= _LONG]
    usual = median(rates) if rates else 0.0
    found = [False] * len(lines)
    for place, line in enumerate(lines):
        count = line.end - line.start
        height = line.top - line.bottom
        limit = min(_SPARSE * usual, 0.7 * height) if usual else 0.7 * height
        if count > 3 and line.right - line.left > limit * count + height:
            found[place] = True
        if place:
            before = lines[place - 1]
            if before.left < line.left and before.bottom < (line.top + line.bottom) / 2 < before.top:
                found[place - 1] = found[place] = True
    return found


def _stay_whole(text: str, lines: Sequence[Line], sparse: Sequence[bool]) -> list[bool]:
    """Return for each line whether it need not be looked at word by word: it is far from all gaps, or prose."""
    whole = [True] * len(sparse)
    for place, has_gaps in enumerate(sparse):
        if has_gaps:
            first, last = max(0, place - _AROUND), min(len(sparse), place + _AROUND + 1)
            whole[first:last] = [False] * (last - first)
    first = 0
    for place in range(len(lines) + 1):
        if place < len(lines) and not sparse[place] and _may_be_prose(text, lines[place]):
            continue
        if place - first >= _MIN_PROSE_LINES:
            whole[first:place] = [True] * (place - first)
        first = place + 1
    return whole


def _may_be_prose(text: str, line: Line) -> bool:
    return line.end - line.start > _VERY_LONG and text[line.end - 1] not in _VALUE_ENDS


def _aligned(text: str, lines: Sequence[Line], words: Sequence[Word]) -> tuple[list[Grid], list[list[Row]]]:
    """Return the tables that words form, and the rows of each block of the page."""
    blocks = [visual_rows(block) for block in _blocks(text, lines, words)]
    return [grid for rows in blocks for grid, _ in aligned_tables(rows)], blocks


def _explain(tables: Sequence[Grid], lines: Sequence[Line], sparse: Sequence[bool]) -> bool:
    """Return True if all lines with gaps are in tables whose columns have heads."""
    if not all(grid.heads for grid in tables):
        return False
    found = table_lines(lines, tables)
    return all(place in found for place, has_gaps in enumerate(sparse) if has_gaps)


def _ruled(
    lattices: Sequence[Lattice], characters: Characters, words: list[Word], turn: int
) -> tuple[list[Grid], list[Word]]:
    """Return the tables that rulings draw, and the words outside them."""
    found: list[Grid] = []
    for lattice in lattices:
        words = divided_at(lattice, words, characters, turn)
        table = ruled_table(lattice, words)
        if table:
            grid, inside = table
            found.append(grid)
            taken = set(inside)
            words = [word for word in words if word not in taken]
    return found, words


def _blocks(text: str, lines: Sequence[Line], words: Sequence[Word]) -> list[list[Word]]:
    """Return the words in columns of text if the page is set in columns, those across columns apart."""
    places = text_columns(text, lines)
    if not places:
        return [list(words)]
    starts = sorted((line.start, line.end, place) for line, place in zip(lines, places, strict=True))
    blocks: dict[int, list[Word]] = {}
    at = 0
    for word in sorted(words):
        while at + 1 < len(starts) and starts[at][1] <= word.start:
            at += 1
        place = starts[at][2]
        blocks.setdefault(-1 if place is None else place, []).append(word)
    return list(blocks.values())


def _is_scattered(grid: Grid) -> bool:
    """Return True if cells are single signs without heads over most columns, as parts of diagrams and formulas are."""
    named = {cell.column + at for row in grid.rows[: grid.heads] for cell in row.cells for at in range(cell.span)}
    if len(named - {0}) > _NAMED * (grid.columns - 1) and not grid.heads_are_guessed:
        return False
    cells = [cell for row in grid.body for cell in row.cells]
    return sum(len(cell.text) for cell in cells) < _MIN_CHARACTERS * len(cells)


def _marked(grid: Grid, blocks: Sequence[Sequence[Row]], tables: Sequence[Grid]) -> Grid:
    """Mark a table that nothing but running heads or feet separates from the page's edge."""
    top, bottom = grid.rows[0].top, grid.rows[-1].bottom
    rows = [row for rows in blocks for row in rows]
    above = sum(row.middle > top for row in rows)
    below = sum(row.middle < bottom for row in rows)
    grid.at_top = above <= _EDGE_ROWS and all(other.rows[0].top <= top for other in tables)
    grid.at_bottom = below <= _EDGE_ROWS and all(other.rows[-1].bottom >= bottom for other in tables)
    return grid
